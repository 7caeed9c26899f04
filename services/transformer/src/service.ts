import { type RecordFunction } from '@tidemark/collector-sdk';
import {
  type Bus,
  type Company,
  connectBus,
  consumerOf,
  createCompany,
  createDefinitions,
  createGate,
  type Lanes,
  startLanes,
  streamOf,
  waitForTopology,
} from '@tidemark/bus';
import { type RunClass, runClasses } from '@tidemark/contracts';
import { type Service, startHealth, TerminalError } from '@tidemark/runtime';
import { prometheusHandler } from '@tidemark/telemetry';
import type { TransformerConfig } from './config.ts';
import { onRawBatch, type RawBatchDeps } from './handlers/on-raw-batch.ts';
import { onRawEnd } from './handlers/on-raw-end.ts';
import { logger } from './logger.ts';
import { Mappings } from './mappings.ts';

/** Opens the transformer: from here on it maps raw batches until it is disposed. */
export async function startTransformer(
  config: TransformerConfig,
  functions: Readonly<Record<string, RecordFunction>>,
  signal?: AbortSignal,
): Promise<Service> {
  await using opening = new AsyncDisposableStack();
  const stopping = new AbortController();
  const either = signal ? AbortSignal.any([signal, stopping.signal]) : stopping.signal;
  const bus = opening.use(
    await connectBus({
      url: config.natsUrl,
      tls: config.natsTls,
      name: 'tidemark-transformer',
      logger,
      signal: either,
    }),
  );
  const deps: RawBatchDeps = { bus, mappings: new Mappings(createDefinitions(bus), functions) };
  const opened: Lanes[] = [];
  opening.use(
    await startHealth({
      host: config.httpHost,
      port: config.httpPort,
      ready: async () => reasonsNotReady(bus, opened),
      stopping: signal,
      logger,
      metrics: prometheusHandler(),
    }).then((health) => {
      logger.info({ http: health.url }, 'ready');
      return health;
    }),
  );
  opening.defer(async () => {
    await Promise.all(opened.map(async (lanes) => lanes.stop()));
    stopping.abort(new Error('the service stops'));
  });
  const company = createCompany();
  for (const runClass of runClasses) {
    await waitForTopology(bus, placeOf(runClass), either);
    opened.push(openLanes(config, { runClass, company, deps }));
  }
  const open = opening.move();
  return { failed: closedForGood(bus), [Symbol.asyncDispose]: async () => open.disposeAsync() };
}

function placeOf(runClass: RunClass): { stream: string; consumer: string } {
  return { stream: streamOf('raw', runClass), consumer: consumerOf('raw') };
}

interface LanesOfClass {
  readonly runClass: RunClass;
  readonly company: Company;
  readonly deps: RawBatchDeps;
}

/** Each class has places of its own: a backfill that waits for room in its stream stops no live batch. */
function openLanes(config: TransformerConfig, { runClass, company, deps }: LanesOfClass): Lanes {
  const lanes = runClass === 'live' ? config.lanes : Math.max(1, Math.floor(config.lanes / 2));
  return startLanes(deps.bus, {
    ...placeOf(runClass),
    lanes,
    gate: createGate(lanes),
    company,
    ackWaitMs: config.ackWaitMs,
    poisonDeliveries: config.poisonDeliveries,
    logger,
    handler: async (msg, giveUp) => onRawBatch(msg, deps, giveUp),
    onEnd: async (msg, error, giveUp) => onRawEnd(msg, error, { bus: deps.bus, signal: giveUp }),
  });
}

function reasonsNotReady(bus: Bus, opened: readonly Lanes[]): string[] {
  if (!bus.isConnected()) return ['NATS is away'];
  return opened.length < runClasses.length ? ['the streams do not exist yet'] : [];
}

function closedForGood(bus: Bus): Promise<never> {
  const failed = bus.closed.then((): never => {
    throw new TerminalError('BUS_UNAVAILABLE', 'the connection to NATS is closed for good');
  });
  // It also closes when the service is disposed, and then nobody may be looking.
  failed.catch(() => undefined);
  return failed;
}
