import { backoffMs, sleep, TransientError, type Logger } from '@tidemark/runtime';
import { migrate, translateDatabaseError } from '@tidemark/store';

/** Brings the database up to date, waiting for a server that is not there yet. */
export async function migrateWhenReady(
  databaseUrl: string,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await migrate(databaseUrl);
      return;
    } catch (error) {
      const translated = translateDatabaseError(error);
      if (!(translated instanceof TransientError)) throw translated;
      if (attempt === 3) logger.warn({ err: translated }, 'waiting for PostgreSQL');
      await sleep(backoffMs(attempt, { maxMs: 5_000 }), signal);
    }
  }
}
