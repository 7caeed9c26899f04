import type { Log } from '@tidemark/local';

/** Aborts at the first SIGINT or SIGTERM, so that everything can be ended in order; a second SIGINT does not wait for that. */
export function stopSignal(log: Log): AbortSignal {
  const stop = new AbortController();
  const onSignal = (signal: NodeJS.Signals): void => {
    if (!stop.signal.aborted) {
      stop.abort(new StoppedError());
      return;
    }
    if (signal === 'SIGTERM') return;
    log('Stopped without waiting; the next start ends what may be left.');
    process.exit(130);
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  return stop.signal;
}

/** The person, or who started us, wants us to end. */
export class StoppedError extends Error {
  override readonly name = 'StoppedError';
}

/** The promise, or the reason of the signal as soon as it aborts. */
export async function orStop<T>(signal: AbortSignal, promise: Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const { promise: stopped, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, stopped]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
