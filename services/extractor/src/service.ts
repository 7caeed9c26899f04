import {
  connectBus,
  createDefinitions,
  createCompany,
  createGate,
  startLanes,
  type Bus,
  type Message,
} from '@tidemark/bus';
import { createGuardedAgent, Credentials } from '@tidemark/collector-sdk/source';
import { startHealth, type Service } from '@tidemark/runtime';
import { answerInTime, Store, whyUnreachable } from '@tidemark/store';
import { prometheusHandler } from '@tidemark/telemetry';
import { Budgets } from './budgets.ts';
import { ByteBudget } from './byte-budget.ts';
import { CollectorLanes, type OpenLanes } from './collector-lanes.ts';
import { CompiledDefinitions } from './compiled-definitions.ts';
import type { ExtractorConfig } from './config.ts';
import { onPageEnd } from './handlers/on-page-end.ts';
import { onPageTask, type PageTaskDeps } from './handlers/on-page-task.ts';
import { logger } from './logger.ts';
import type { PagePatience } from './page-patience.ts';
import { SourceDatabases } from './source-databases.ts';

/** Decoded text that the lanes of a class hold together; answers beyond it wait their turn. */
const MEMORY_BYTES = { live: 6 * 1024 * 1024, backfill: 2 * 1024 * 1024 } as const;

/** Opens the extractor: from here on it reads pages until it is disposed. The signal ends the wait for NATS. */
export async function startExtractor(
  config: ExtractorConfig,
  signal?: AbortSignal,
): Promise<Service> {
  await using opening = new AsyncDisposableStack();
  const store = opening.use(openStore(config));
  const bus = opening.use(
    await connectBus({
      url: config.natsUrl,
      tls: config.natsTls,
      name: 'tidemark-extractor',
      logger,
      signal,
    }),
  );
  const agent = opening.adopt(createGuardedAgent(64), async (each) => each.destroy());
  const definitions = new CompiledDefinitions(createDefinitions(bus));
  const { secrets } = config;
  const databases = opening.use(new SourceDatabases(secrets));
  const patience = new WeakMap<Message, PagePatience>();
  const credentials = new Credentials(secrets, agent);
  const asking = { secrets, credentials, budgets: new Budgets(), dispatcher: agent, patience };
  const deps = { store, bus, definitions, ...asking, databases };
  const opened: CollectorLanes[] = [];
  const health = opening.use(
    await startHealth({
      host: config.httpHost,
      port: config.httpPort,
      ready: async () => reasonsNotReady(bus, store, opened),
      stopping: signal,
      logger,
      ...optionalMetrics(),
    }),
  );
  opened.push(opening.use(new CollectorLanes(bus, openLanes(config, deps), config.discoveryMs)));
  logger.info({ http: `http://${config.httpHost}:${health.port}` }, 'ready');
  return serviceOf(bus, opening.move());
}

function serviceOf(bus: Bus, open: AsyncDisposableStack): Service {
  const { promise: failed, reject } = Promise.withResolvers<never>();
  // Whoever runs the service listens; in between a failure must not count as unhandled.
  failed.catch(() => undefined);
  void bus.closed.then(() => {
    if (!open.disposed) reject(new Error('the connection to NATS was closed'));
  });
  return { failed, [Symbol.asyncDispose]: async () => open.disposeAsync() };
}

function openStore(config: ExtractorConfig): Store {
  return new Store({
    url: config.databaseUrl,
    name: 'tidemark-extractor',
    maxConnections: config.lanes + backfillPlaces(config),
    ackWaitMs: config.ackWaitMs,
  });
}

function backfillPlaces(config: ExtractorConfig): number {
  return Math.max(1, Math.floor(config.lanes / 2));
}

/**
 * All collectors of a class share one gate and one budget of memory: it is what this process works on at the same time.
 * Backfills have their own, so that one that waits for room in its streams stops no live page.
 */
function openLanes(config: ExtractorConfig, shared: Omit<PageTaskDeps, 'memory'>): OpenLanes {
  const placesOf = { live: config.lanes, backfill: backfillPlaces(config) };
  const gates = { live: createGate(placesOf.live), backfill: createGate(placesOf.backfill) };
  const company = createCompany();
  const memory = {
    live: new ByteBudget(MEMORY_BYTES.live),
    backfill: new ByteBudget(MEMORY_BYTES.backfill),
  };
  return ({ stream, consumer, runClass }) => {
    const deps = { ...shared, memory: memory[runClass] };
    return startLanes(deps.bus, {
      stream,
      consumer,
      lanes: placesOf[runClass],
      gate: gates[runClass],
      company,
      ackWaitMs: config.ackWaitMs,
      logger,
      handler: async (message, signal) => onPageTask(message, deps, signal),
      poisonDeliveries: config.poisonDeliveries,
      onEnd: async (message, error) => onPageEnd(message, error, deps),
    });
  };
}

async function reasonsNotReady(
  bus: Bus,
  store: Store,
  opened: readonly CollectorLanes[],
): Promise<string[]> {
  const reasons: string[] = [];
  if (!bus.isConnected()) reasons.push('NATS is away');
  else if (opened[0]?.hasLooked !== true) reasons.push('the streams do not exist yet');
  await answerInTime(store.with(async (db) => db.query('select 1'))).catch((error: unknown) => {
    reasons.push(whyUnreachable(error));
  });
  return reasons;
}

function optionalMetrics() {
  const metrics = prometheusHandler();
  return metrics ? { metrics } : {};
}
