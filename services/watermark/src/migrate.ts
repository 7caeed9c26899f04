// Brings the database up to date and ends: a step of a deployment, before the services start.
import { createLogger } from '@tidemark/runtime';
import { readDatabaseUrl } from './config.ts';
import { migrateWhenReady } from './migrate-when-ready.ts';

const logger = createLogger('migrate');
const stop = new AbortController();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => stop.abort(new Error(`stopped by ${signal}`)));
}
try {
  await migrateWhenReady(readDatabaseUrl(process.env), { logger, signal: stop.signal });
  logger.info('the database is up to date');
} catch (error) {
  logger.fatal({ err: error }, 'the database is not up to date');
  process.exitCode = 1;
}
