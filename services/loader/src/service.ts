import {
  type Bus,
  type Company,
  connectBus,
  consumerOf,
  createCompany,
  createDefinitions,
  createGate,
  type Gate,
  type Lanes,
  startLanes,
  streamOf,
  waitForTopology,
} from '@tidemark/bus';
import { type RunClass, runClasses } from '@tidemark/contracts';
import { type Service, startHealth, TerminalError } from '@tidemark/runtime';
import { answerInTime, Store, whyUnreachable } from '@tidemark/store';
import { prometheusHandler } from '@tidemark/telemetry';
import type { LoaderConfig } from './config.ts';
import type { LoaderDeps } from './deps.ts';
import { onLoadBatch } from './handlers/on-load-batch.ts';
import { onLoadEnd } from './handlers/on-load-end.ts';
import { logger } from './logger.ts';
import { Plans } from './plans.ts';
import { Staging } from './upsert/staging.ts';
import { Waits } from './waits.ts';

/** Opens the loader: from here on it loads batches until it is disposed. */
export async function startLoader(config: LoaderConfig, signal?: AbortSignal): Promise<Service> {
  await using opening = new AsyncDisposableStack();
  const store = opening.use(openStore(config));
  const bus = opening.use(
    await connectBus({
      url: config.natsUrl,
      tls: config.natsTls,
      name: 'tidemark-loader',
      logger,
      ...(signal ? { signal } : {}),
    }),
  );
  const plans = new Plans(createDefinitions(bus));
  const waits = new Waits(store);
  const deps: LoaderDeps = { bus, store, staging: new Staging(), plans, waits };
  const opened: Lanes[] = [];
  const health = opening.use(
    await startHealth({
      host: config.httpHost,
      port: config.httpPort,
      ready: async () => reasonsNotReady(deps, opened),
      stopping: signal,
      logger,
      metrics: prometheusHandler(),
    }),
  );
  logger.info({ http: health.url }, 'ready');
  opening.defer(async () => {
    await Promise.all(opened.map(async (lanes) => lanes.stop()));
  });
  const company = createCompany();
  for (const runClass of runClasses) {
    await waitForTopology(bus, placeOf(runClass), signal);
    const gate = createGate(placesOf(config, runClass));
    opened.push(openLanes(config, { runClass, gate, company, deps }));
  }
  const open = opening.move();
  return { failed: closedForGood(bus), [Symbol.asyncDispose]: async () => open.disposeAsync() };
}

/** Each class has places of its own: backfills half as many, so that they are never in the way of live batches. */
function placesOf(config: LoaderConfig, runClass: RunClass): number {
  return runClass === 'live' ? config.lanes : Math.max(1, Math.floor(config.lanes / 2));
}

function openStore(config: LoaderConfig): Store {
  return new Store({
    url: config.databaseUrl,
    name: 'tidemark-loader',
    // One more than batches at work, for readiness.
    maxConnections: placesOf(config, 'live') + placesOf(config, 'backfill') + 1,
    ackWaitMs: config.ackWaitMs,
  });
}

function placeOf(runClass: RunClass): { stream: string; consumer: string } {
  return { stream: streamOf('load', runClass), consumer: consumerOf('load') };
}

interface LanesOfClass {
  readonly runClass: RunClass;
  readonly gate: Gate;
  readonly company: Company;
  readonly deps: LoaderDeps;
}

function openLanes(config: LoaderConfig, { runClass, gate, company, deps }: LanesOfClass): Lanes {
  return startLanes(deps.bus, {
    ...placeOf(runClass),
    lanes: placesOf(config, runClass),
    gate,
    company,
    ackWaitMs: config.ackWaitMs,
    poisonDeliveries: config.poisonDeliveries,
    logger,
    handler: async (msg) => onLoadBatch(msg, deps),
    onEnd: async (msg, error) => onLoadEnd(msg, error, deps),
  });
}

async function reasonsNotReady(deps: LoaderDeps, opened: readonly Lanes[]): Promise<string[]> {
  const reasons: string[] = [];
  if (!deps.bus.isConnected()) reasons.push('NATS is away');
  else if (opened.length < runClasses.length) reasons.push('the streams do not exist yet');
  try {
    const { rows } = await answerInTime(
      deps.store.with(async (db) =>
        db.query<{ migrated: boolean }>({
          name: 'is-migrated',
          text: `select to_regclass('tidemark.batches') is not null as migrated`,
        }),
      ),
    );
    if (rows[0]?.migrated !== true) reasons.push('the database is not migrated yet');
  } catch (error) {
    reasons.push(whyUnreachable(error));
  }
  return reasons;
}

function closedForGood(bus: Bus): Promise<never> {
  const failed = bus.closed.then((): never => {
    throw new TerminalError('BUS_UNAVAILABLE', 'the connection to NATS is closed for good');
  });
  // It also closes when the service is disposed, and then nobody may be looking.
  failed.catch(() => undefined);
  return failed;
}
