import { TransientError, type Logger } from '@tidemark/runtime';
import { translateDatabaseError } from '@tidemark/store';
import { migrate } from '@tidemark/store/migrate';
import pRetry from 'p-retry';

/** Brings the database up to date, waiting for a server that is not there yet. */
export async function migrateWhenReady(
  databaseUrl: string,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  const attempt = async (): Promise<void> => {
    await migrate(databaseUrl).catch((error: unknown) => {
      throw translateDatabaseError(error);
    });
  };
  await pRetry(attempt, {
    retries: Infinity,
    minTimeout: 500,
    maxTimeout: 5_000,
    randomize: true,
    signal,
    shouldRetry: ({ error }) => error instanceof TransientError,
    onFailedAttempt: ({ error, attemptNumber }) => {
      if (attemptNumber === 3) logger.warn({ err: error }, 'waiting for PostgreSQL');
    },
  });
}
