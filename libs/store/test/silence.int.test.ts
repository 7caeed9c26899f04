import { setImmediate } from 'node:timers/promises';
import { TransientError } from '@tidemark/runtime';
import { freshDatabase, startRelay, type FreshDatabase, type Relay } from '@tidemark/testkit';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Store } from '../src/index.ts';

let database: FreshDatabase;
let relay: Relay;
let store: Store;

beforeEach(async () => {
  database = await freshDatabase();
  const url = new URL(database.url);
  relay = await startRelay({ targetHost: url.hostname, targetPort: Number(url.port) });
  url.host = `127.0.0.1:${relay.port}`;
  store = new Store({
    url: url.href,
    name: 'test',
    maxConnections: 1,
    statementTimeoutMs: 200,
    silenceMs: 100,
  });
});

afterEach(async () => {
  vi.useRealTimers();
  relay.cut();
  await store[Symbol.asyncDispose]();
  await relay.stop();
  await database.drop();
});

const ask = async (): Promise<unknown> => store.with((db) => db.query('select 1'));

test.each([
  ['a question', ask],
  ['a transaction', async () => store.transaction((db) => db.query('select 1'))],
])('%s that the network swallows is waited for no longer than it could take', async (_, work) => {
  await ask();
  relay.hold();

  const error: unknown = await work().catch((thrown: unknown) => thrown);

  expect(error).toBeInstanceOf(TransientError);
  expect(error).toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  relay.release();
  await expect(ask()).resolves.toMatchObject({ rowCount: 1 });
});

test('a transaction waits for an answer once, and not for that to its rollback as well', async () => {
  await ask();
  relay.hold();
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  let ended = false;
  const done = store
    .transaction((db) => db.query('select 1'))
    .catch(() => undefined)
    .then(() => {
      ended = true;
    });
  // Until a connection is taken, and the question on its way.
  for (let turn = 0; store.pool.idleCount > 0 && turn < 1_000; turn += 1) await setImmediate();
  await setImmediate();
  expect(ended).toBe(false);

  vi.advanceTimersByTime(300);
  for (let turn = 0; !ended && turn < 1_000; turn += 1) await setImmediate();

  expect(ended).toBe(true);
  await done;
});
