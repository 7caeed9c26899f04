import { expect, test } from 'vitest';
import { freshDatabase, freshPostgres, testServers, waitFor } from '../src/index.ts';

test('each database is migrated, and does not see the rows of another', async () => {
  await using one = await freshDatabase();
  await using other = await freshDatabase();
  await one.pool().query('create table mine (id int)');

  const { rows } = await other
    .pool()
    .query(
      `select to_regclass('mine') as mine, to_regnamespace('tidemark') is not null as migrated`,
    );

  expect(rows).toEqual([{ mine: null, migrated: true }]);
});

test('databases can be made at the same time', async () => {
  const databases = await Promise.all([freshDatabase(), freshDatabase(), freshDatabase()]);

  expect(new Set(databases.map(({ name }) => name)).size).toBe(3);

  await Promise.all(databases.map(async (database) => database.drop()));
});

test('a dropped database is gone, though a client was still connected', async () => {
  const database = await freshDatabase();
  const pool = database.pool();
  const client = await pool.connect();
  client.on('error', () => undefined);
  client.release();

  await database.drop();

  await using other = await freshDatabase();
  const { rows } = await other
    .pool()
    .query('select datname from pg_database where datname = $1', [database.name]);
  expect(rows).toEqual([]);
  expect(database.name).not.toBe(testServers().template);
});

test('a PostgreSQL of its own can be killed and comes back', async () => {
  await using server = await freshPostgres();
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: server.url });
  pool.on('error', () => undefined);
  await pool.query('create table kept (id int)');

  await server.kill();
  await expect(pool.query('select 1')).rejects.toThrow();
  await server.restart();

  const { rows } = await waitFor(async () => pool.query('select count(*)::int as n from kept'), {
    what: 'an answer after the restart',
  });
  expect(rows).toEqual([{ n: 0 }]);
  await pool.end();
});
