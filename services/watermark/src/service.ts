import {
  connectBus,
  consumerOf,
  createGate,
  provision,
  startLanes,
  type Bus,
  type Lanes,
} from '@tidemark/bus';
import type { Definition } from '@tidemark/collector-sdk';
import {
  createLogger,
  startHealth,
  TerminalError,
  type Logger,
  type Service,
} from '@tidemark/runtime';
import { answerInTime, Store, whyUnreachable } from '@tidemark/store';
import { prometheusHandler } from '@tidemark/telemetry';
import { reason } from './commands/read-command.ts';
import { choresOf, provisionSettings } from './chores.ts';
import type { WatermarkConfig } from './config.ts';
import type { Deps } from './deps.ts';
import { commandAnswered } from './events.ts';
import { handleCommand, receivedFrom, refuse, type Scan } from './handlers/on-command.ts';
import { keepDoing } from './keep-doing.ts';
import { listenToEvents } from './listen-to-events.ts';
import { migrateWhenReady } from './migrate-when-ready.ts';
import { Registrar } from './registration/registrar.ts';

/** The collectors of the image. */
export interface Registry {
  readonly definitions: readonly Definition[];
  readonly functions: Readonly<Record<string, unknown>>;
}

const PULLS_STALE_MS = 60_000;

/** Starts the service that plans runs: answers commands, fires schedules, releases chunks and finds lost ones. */
export async function startWatermark(
  config: WatermarkConfig,
  registry: Registry,
  signal: AbortSignal = new AbortController().signal,
): Promise<Service> {
  await using opened = new AsyncDisposableStack();
  const logger = createLogger('watermark');
  const stopping = new AbortController();
  const either = AbortSignal.any([signal, stopping.signal]);

  await migrateWhenReady(config.databaseUrl, { logger, signal: either });
  const store = opened.use(
    new Store({
      url: config.databaseUrl,
      name: 'tidemark-watermark',
      maxConnections: config.lanes + 8,
      ackWaitMs: config.ackWaitMs,
    }),
  );
  const bus = opened.use(
    await connectBus({
      url: config.natsUrl,
      tls: config.natsTls,
      name: 'tidemark-watermark',
      logger,
      signal: either,
    }),
  );
  await provision(bus, provisionSettings(config, either));

  const deps: Deps = { store, bus, logger, signal: stopping.signal };
  const registrar = new Registrar(deps, {
    builtIns: registry.definitions,
    functionNames: Object.keys(registry.functions),
    folder: config.collectorsFolder,
    ackWaitMs: config.ackWaitMs,
  });
  await scanOnce(registrar, logger);
  const commands: Lanes[] = [];
  const health = opened.use(
    await startHealth({
      host: config.httpHost,
      port: config.httpPort,
      ready: () => reasonsNotReady({ store, bus, lanes: commands[0] }),
      stopping: signal,
      logger,
      metrics: prometheusHandler(),
    }),
  );
  opened.use(listenToEvents(deps));
  const chores = choresOf(deps, config, registrar).map((chore) =>
    keepDoing(chore, { logger, signal: stopping.signal }),
  );
  opened.defer(async () => {
    // Also when the start ends here: chores go on until they are told.
    stopping.abort();
    await Promise.all(chores);
  });
  const lanes = startCommandLanes(deps, config, () => registrar.scan());
  commands.push(lanes);
  opened.defer(() => {
    const stopped = lanes.stop();
    // Only now: what a handler gives up because of it goes back to the stream and counts as nothing.
    stopping.abort();
    return stopped;
  });

  logger.info({ http: health.url }, 'ready');
  const stack = opened.move();
  return {
    failed: closedForGood(bus, stopping.signal),
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

function startCommandLanes(deps: Deps, config: WatermarkConfig, scan: Scan): Lanes {
  return startLanes(deps.bus, {
    stream: 'COMMANDS',
    consumer: consumerOf('command'),
    lanes: config.lanes,
    gate: createGate(config.lanes),
    ackWaitMs: config.ackWaitMs,
    poisonDeliveries: config.poisonDeliveries,
    logger: deps.logger,
    handler: (message) => handleCommand(deps, receivedFrom(message), scan),
    onEnd: async (message, error) => {
      const reasons = [reason(error.code, error.message)];
      await commandAnswered(deps, await refuse(deps, receivedFrom(message), reasons));
    },
  });
}

/** A collector that cannot be registered now is tried again by the chore; a wrong setting ends the start. */
async function scanOnce(registrar: Registrar, logger: Logger): Promise<void> {
  try {
    await registrar.scan();
  } catch (error) {
    if (error instanceof TerminalError && error.code === 'CONFIG_INVALID') throw error;
    logger.warn({ err: error }, 'not all definitions are registered yet');
  }
}

interface Parts {
  readonly store: Store;
  readonly bus: Bus;
  /** Undefined until it takes commands. */
  readonly lanes: Lanes | undefined;
}

async function reasonsNotReady({ store, bus, lanes }: Parts): Promise<string[]> {
  const reasons: string[] = [];
  if (!bus.isConnected()) reasons.push('NATS is away');
  if (!lanes || Date.now() - lanes.lastPullAt() > PULLS_STALE_MS)
    reasons.push('commands are not pulled');
  await answerInTime(store.with((db) => db.query('select 1'))).catch((error: unknown) =>
    reasons.push(whyUnreachable(error)),
  );
  return reasons;
}

/** Rejects when the connection ends by itself; that we close it is not a failure. */
function closedForGood(bus: Bus, stopping: AbortSignal): Promise<never> {
  const { promise, reject } = Promise.withResolvers<never>();
  promise.catch(() => undefined);
  void bus.closed.then(() => {
    if (stopping.aborted) return;
    reject(new TerminalError('BUS_UNAVAILABLE', 'the connection to NATS is closed for good'));
  });
  return promise;
}
