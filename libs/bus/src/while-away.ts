import { JetStreamApiCodes, JetStreamApiError, JetStreamError } from '@nats-io/jetstream';
import { errors } from '@nats-io/nats-core';
import { backoffMs, type Logger, sleep } from '@tidemark/runtime';

export interface AwayOptions {
  /** What is asked for, as it stands in the log. */
  readonly what: string;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
  readonly random?: () => number;
}

/** Asks the server until it answers; an answer that says no is an error of the caller's. Logs once when it takes long, and once when it is over. */
export async function whileAway<T>(ask: () => Promise<T>, options: AwayOptions): Promise<T> {
  const { what, logger, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      const answer = await ask();
      if (attempt > SILENT_ATTEMPTS) logger.info({ what }, 'NATS answers again');
      return answer;
    } catch (error) {
      if (!isAway(error)) throw error;
      if (attempt === SILENT_ATTEMPTS) logger.warn({ what, err: error }, 'NATS does not answer');
      await sleep(backoffMs(attempt, { baseMs: 100, maxMs: 3_000 }), signal);
    }
  }
}

const SILENT_ATTEMPTS = 4;

const awayErrors = [
  errors.TimeoutError,
  errors.RequestError,
  errors.NoRespondersError,
  errors.ConnectionError,
];

/** Whether the server did not answer, or only said that it cannot now. */
export function isAway(error: unknown): boolean {
  if (awayErrors.some((type) => error instanceof type)) return true;
  // What the client makes of a request that nobody answers; the class is not exported.
  if (error instanceof Error && error.name === 'JetStreamNotEnabled') return true;
  // 503: no leader yet, no resources now. Everything else is an answer.
  if (error instanceof JetStreamApiError) return error.status === 503;
  return error instanceof JetStreamError && /heartbeats missed|no responders/i.test(error.message);
}

/** Whether the server says that a stream or a consumer does not exist. */
export function isNotFound(error: unknown): boolean {
  if (!(error instanceof JetStreamApiError)) return false;
  const { StreamNotFound, ConsumerNotFound } = JetStreamApiCodes;
  return error.code === StreamNotFound || error.code === ConsumerNotFound;
}
