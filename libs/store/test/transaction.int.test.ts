import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Store } from '../src/index.ts';

let database: FreshDatabase;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  store = new Store({ url: database.url, name: 'test', maxConnections: 1 });
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await database.drop();
});

test('what a failed statement has rolled back is never taken for committed', async () => {
  await store.with((db) => db.query('create table public.notes (note text)'));

  const done = store.transaction(async (db) => {
    await db.query(`insert into public.notes values ('kept?')`);
    await db.query('select 1 / 0').catch(() => undefined);
  });

  await expect(done).rejects.toThrow(/a statement of the transaction failed/);
  const { rowCount } = await store.with((db) => db.query('select from public.notes'));
  expect(rowCount).toBe(0);
});

test('a server notices within a minute that whoever sent half a copy is gone: no time-out of a statement ends that', async () => {
  const { rows } = await store.with((db) =>
    db.query<{ name: string; setting: string }>(
      `select name, setting from pg_settings where name like 'tcp_keepalives_%'`,
    ),
  );

  const settings = Object.fromEntries(rows.map(({ name, setting }) => [name, Number(setting)]));
  const { tcp_keepalives_idle: idle = 0, tcp_keepalives_interval: interval = 0 } = settings;
  expect(idle).toBeGreaterThan(0);
  expect(idle + interval * (settings['tcp_keepalives_count'] ?? 0)).toBeLessThanOrEqual(60);
});
