import { canonicalJson, Definition } from '@tidemark/collector-sdk';
import { ensureWatermarks, registerCollector, Store } from '@tidemark/store';
import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storePlan } from '../src/planning/store-plan.ts';
import { ensureTarget } from '../src/targets/ensure-target.ts';

const PARTITIONS = 10_000;
const CLOSED_CHUNKS = 100_000;

let database: FreshDatabase;
let store: Store;
beforeAll(async () => {
  database = await freshDatabase();
  store = new Store({ url: database.url, name: 'test', maxConnections: 4 });
});
afterAll(async () => {
  await store[Symbol.asyncDispose]();
  await database.drop();
});

function definitionOf(name: string, changes: object): Definition {
  return Definition.parse({
    name,
    source: { name: 'src', baseUrl: 'https://example.org' },
    request: { path: '/things' },
    incremental: { kind: 'cursor', field: 'at', from: 'since', to: 'until', start: '2020-01-01' },
    target: {
      kind: 'table',
      table: name,
      key: ['id'],
      fields: { id: { type: 'bigint' }, at: { type: 'timestamptz' } },
    },
    ...changes,
  });
}

async function register(definition: Definition): Promise<void> {
  await ensureTarget(store, definition);
  await store.with((db) =>
    registerCollector(db, {
      name: definition.name,
      revision: '0'.repeat(16),
      definition: canonicalJson(definition),
      origin: null,
    }),
  );
}

/** Making the rows takes longer than planning. */
const TIMEOUT_MS = 120_000;

interface Planning {
  readonly chunks: number;
  readonly seconds: number;
  readonly heapMib: number;
}

/** Plans a run as a command does; the figures are printed, since they depend on the machine. */
async function plan(definition: Definition, what: string): Promise<Planning> {
  const runId = crypto.randomUUID();
  globalThis.gc?.();
  const heapBefore = process.memoryUsage().heapUsed;
  const startedMs = performance.now();
  const planned = await store.transaction((db) =>
    storePlan(db, {
      runId,
      collector: definition.name,
      command: { runClass: 'live', mode: 'incremental', triggeredBy: 'test' } as never,
      usable: { revision: '0'.repeat(16), definition },
    }),
  );
  const seconds = (performance.now() - startedMs) / 1_000;
  const heapMib = (process.memoryUsage().heapUsed - heapBefore) / 1_048_576;
  expect(planned).toMatchObject({ kind: 'planned' });
  const { rows } = await store.with((db) =>
    db.query<{ chunks: number }>(
      'select count(*)::int as chunks from tidemark.chunks where run_id = $1',
      [runId],
    ),
  );
  const chunks = rows[0]?.chunks ?? 0;
  console.log(
    `${what}: ${chunks} chunks in ${seconds.toFixed(2)} s, heap ${heapMib.toFixed(0)} MiB`,
  );
  await store.with((db) => db.query(`select tidemark.cancel_run($1, 'measured')`, [runId]));
  return { chunks, seconds, heapMib };
}

test(
  'ten thousand partitions of a query, with and without a watermark',
  async () => {
    const query = `select 'p' || n as part, n as score from generate_series(1, ${PARTITIONS}) as n`;
    const definition = definitionOf('many', {
      partitions: { query, keys: ['part'], priority: 'score' },
    });
    await register(definition);

    expect(await plan(definition, 'first plan')).toMatchObject({ chunks: PARTITIONS });
    expect(await plan(definition, 'next plan')).toMatchObject({ chunks: PARTITIONS });
  },
  TIMEOUT_MS,
);

test(
  'a watermark of as many pieces as closed chunks may leave',
  async () => {
    const definition = definitionOf('pieces', {
      incremental: { ...definitionOf('x', {}).incremental, to: undefined },
    });
    await register(definition);
    await store.with(async (db) => {
      await ensureWatermarks(db, 'pieces', [{ partition: '{}', unit: 'time', floor: '0' }]);
      await db.query(
        `update tidemark.watermarks
          set covered = (select range_agg(numrange(n * 10, n * 10 + 5)) from generate_series(0, ${CLOSED_CHUNKS - 1}) as n)
        where collector_name = 'pieces'`,
      );
    });

    expect(await plan(definition, `${CLOSED_CHUNKS} intervals apart`)).toMatchObject({ chunks: 1 });
  },
  TIMEOUT_MS,
);

test(
  'a hundred thousand closed chunks, periods and ids',
  async () => {
    const day = definitionOf('days', {
      incremental: { kind: 'periods', unit: 'day', from: '1960-01-01' },
    });
    await register(day);
    const ids = definitionOf('ids', {
      request: { path: '/things/{ids}' },
      incremental: {
        kind: 'worklist',
        query: `select n as id from generate_series(1, ${CLOSED_CHUNKS}) as n`,
        perRequest: 50,
      },
    });
    await register(ids);
    await store.with(async (db) => {
      await db.query(
        `insert into tidemark.chunks (run_id, chunk_id, status, attempt, partition, task)
       select gen_random_uuid(), n, 'done', 1, '{}', '{}' from generate_series(1, ${CLOSED_CHUNKS}) as n`,
      );
      await db.query(
        `insert into tidemark.items (collector_name, partition, key, kind, last_success_at, checked_at)
       select 'ids', '{}', n::text, 'id', now(), now() from generate_series(1, ${CLOSED_CHUNKS} - 20000) as n`,
      );
    });

    expect((await plan(day, 'days since 1960')).chunks).toBeGreaterThan(1);
    // Twenty thousand have never been read.
    expect(await plan(ids, `${CLOSED_CHUNKS} ids`)).toMatchObject({ chunks: 400 });
  },
  TIMEOUT_MS,
);
