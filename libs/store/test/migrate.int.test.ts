import { TransientError } from '@tidemark/runtime';
import { freshDatabase, waitFor } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { translateDatabaseError } from '../src/index.ts';
import { migrate } from '../src/migrate.ts';

test('a connection that breaks in the middle of a migration is a matter of time, whatever is told of it', async () => {
  const database = await freshDatabase();
  const holder = await database.pool().connect();
  try {
    await holder.query('drop schema tidemark cascade');
    await holder.query('create schema tidemark');
    await holder.query('begin');
    await holder.query('create table tidemark.migrations (id integer)');

    const failure = migrate(database.url).catch((error: unknown) => error);
    await waitFor(
      async () => {
        const { rows } = await database.pool().query(
          `select pg_terminate_backend(pid) from pg_stat_activity
            where datname = current_database() and application_name = 'tidemark-migrations'
              and wait_event_type = 'Lock'`,
        );
        return rows.length === 1;
      },
      { what: 'a migration that waits for the table' },
    );

    expect(translateDatabaseError(await failure)).toBeInstanceOf(TransientError);
  } finally {
    await holder.query('rollback');
    holder.release();
    await database.drop();
  }
});
