import { z } from 'zod';
import { createLogger, type Logger } from './logger.ts';
import { readEnv } from './read-env.ts';

export interface Service extends AsyncDisposable {
  /** Rejects when the service can no longer do its work; never resolves while it can. */
  readonly failed: Promise<never>;
}

const settings = z.object({
  TIDEMARK_STOP_DEADLINE_MS: z.coerce.number().int().positive().default(25_000),
});

/** After everything is closed only the last spans may still be under way. */
const LINGER_MS = 5_000;
/** A service that is stopped while it still waits for its servers has nothing to finish. */
const STARTING_STOP_MS = 1_000;

/**
 * Runs one service until SIGTERM, SIGINT or its own failure, then disposes of it and lets the event loop empty.
 * The exit code is 0 after a signal, 1 after a failure or when stopping took longer than the deadline.
 */
export async function run(start: (signal: AbortSignal) => Promise<Service>): Promise<void> {
  const logger = createLogger('runtime');
  const stop = new AbortController();
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
  }
  const exit = new DeadManSwitch(logger);
  try {
    const deadlineMs = readEnv(settings, process.env).TIDEMARK_STOP_DEADLINE_MS;
    const service = await startUnlessStopped(start, stop.signal, exit);
    try {
      await Promise.race([service.failed, aborted(stop.signal)]);
    } finally {
      exit.armed(deadlineMs, 1);
      await service[Symbol.asyncDispose]();
    }
  } catch (error) {
    if (!stop.signal.aborted || error !== stop.signal.reason) {
      logger.fatal({ err: error }, 'service failed');
      process.exitCode = 1;
    }
  }
  exit.armed(LINGER_MS, process.exitCode === 1 ? 1 : 0);
}

/** A start that hangs (a server is away) must not keep the process from stopping. */
async function startUnlessStopped(
  start: (signal: AbortSignal) => Promise<Service>,
  signal: AbortSignal,
  exit: DeadManSwitch,
): Promise<Service> {
  const onAbort = (): void => exit.armed(STARTING_STOP_MS, 0);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await start(signal);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}

/** The only place that may end a process: when what should have emptied the event loop did not in time. */
class DeadManSwitch {
  readonly #logger: Logger;
  #timer: NodeJS.Timeout | undefined;

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Ends the process with that code if it still runs after that long; a later call replaces an earlier one. */
  armed(afterMs: number, code: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#logger.warn({ afterMs }, 'stopping took too long; the process is ended');
      process.exit(code);
    }, afterMs).unref();
  }
}
