import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestStack, type RunRow, type TestStack } from './stack/test-stack.ts';
import {
  startWallClockSource,
  type WallClockSource,
  type WallRow,
} from './stack/wall-clock-source.ts';

const minuteMs = 60_000;
const dayMs = 86_400_000;
let source: WallClockSource;
let stack: TestStack;

const collector = (name: string, path: string, incremental: string, more = ''): string => `
name: ${name}
source: { name: ${name}, baseUrl: '${source.url}', retryDelay: 50ms }
request: { path: '${path}', records: rows }
${more}
incremental: ${incremental}
target:
  kind: table
  table: ${name}
  key: [id]
  fields:
    id: { type: bigint, required: true }
    at: { type: timestamptz }
    note: { type: text }
`;
const wall = (zone: string): string =>
  `{ kind: cursor, field: at, from: since, format: iso-local, zone: ${zone}, start: '2018-01-01' }`;

beforeAll(async () => {
  source = await startWallClockSource();
  const numbers =
    "{ kind: cursor, field: id, unit: integer, format: integer, from: since, start: '0', maxStep: 1000 }";
  const days = `{ kind: cursor, field: at, from: since, to: until, format: dd/MM/yyyy, zone: America/Sao_Paulo,
    start: '2018-10-01', size: 60d, split: { axis: cursor, when: { status: 400, body: too many rows } } }`;
  const cadences = `{ kind: periods, unit: month, from: '2024-01', to: '2024-06',
    cadences: [{ every: 1d, newest: 2 }, { every: 7d, newest: 4 }, { every: 30d }] }`;
  stack = await startTestStack({
    definitions: {
      'autumn.yaml': collector('autumn', '/wall/autumn', wall('Europe/Berlin')),
      'brazil.yaml': collector('brazil', '/wall/brazil', wall('America/Sao_Paulo')),
      'ahead.yaml': collector('ahead', '/wall/ahead', wall('UTC')),
      'behind.yaml': collector('behind', '/wall/behind', wall('UTC')),
      'days.yaml': collector('days', '/days/days', days),
      'numbers.yaml': collector('numbers', '/numbers/numbers', numbers, 'paginate: { kind: page }'),
      'tokens.yaml': collector(
        'tokens',
        '/tokens/tokens',
        '{ kind: token, param: sync, next: next_sync }',
        'paginate: { kind: cursor, param: page, next: next_page }',
      ),
      'cadences.yaml': collector('cadences', '/all/cadences', cadences).replace(
        'records: rows',
        "records: rows, query: { months: '{from}..{to}', days: '{first_day}..{last_day}' }",
      ),
    },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source?.[Symbol.asyncDispose]();
});

/** Runs a collector, and compares its target with its source row for row. */
async function runAndCompare(name: string, payload = {}): Promise<RunRow> {
  const run = await stack.run(name, payload);
  expect(run, await stack.describe(run.id)).toMatchObject({
    status: 'success',
    records_rejected: 0,
  });
  const { rows } = await stack.pool.query<{ line: string }>(
    `select id || ' ' || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || ' ' || note as line
       from public.${name}`,
  );
  expect(rows.map(({ line }) => line).toSorted()).toEqual(source.dataset(name).expected());
  return run;
}

async function coveredTo(name: string): Promise<string | undefined> {
  const { rows } = await stack.pool.query<{ ends: string }>(
    'select upper(covered)::text as ends from tidemark.watermarks where collector_name = $1',
    [name],
  );
  return rows[0]?.ends;
}

const everyMinute = (first: string, count: number, from = 0): WallRow[] =>
  Array.from({ length: count }, (_, place) => ({
    id: from + place,
    atMs: Date.parse(first) + place * minuteMs,
    note: 'new',
  }));

describe('local times of a zone', () => {
  test('rows of the hour that clocks repeat are found, though their time is earlier than the last one', async () => {
    const data = source.dataset('autumn');
    data.zone = 'Europe/Berlin';
    data.put(...everyMinute('2024-10-26T23:00:00Z', 105));
    data.nowMs = () => Date.parse('2024-10-27T00:45:00Z');
    await runAndCompare('autumn');

    // 02:20 again: twenty minutes of rows that are dated before 02:45.
    data.put(...everyMinute('2024-10-27T00:45:00Z', 35, 105));
    data.nowMs = () => Date.parse('2024-10-27T01:20:00Z');
    const run = await runAndCompare('autumn');

    expect(run.records_inserted).toBe(35);
  });

  test('so are those around a midnight that never came', async () => {
    const data = source.dataset('brazil');
    data.zone = 'America/Sao_Paulo';
    data.put(...everyMinute('2018-11-04T02:00:00Z', 50));
    data.nowMs = () => Date.parse('2018-11-04T02:50:00Z');
    await runAndCompare('brazil');

    data.put(...everyMinute('2018-11-04T02:50:00Z', 30, 50));
    data.nowMs = () => Date.parse('2018-11-04T03:20:00Z');
    const run = await runAndCompare('brazil');

    expect(run.records_inserted).toBe(30);
  });
});

describe('clocks', () => {
  test.each([
    ['ahead', 10 * minuteMs],
    ['behind', -10 * minuteMs],
  ])(
    'a source whose clock is ten minutes %s, and a row dated 2099, lose nothing',
    async (name, skewMs) => {
      const data = source.dataset(name);
      data.nowMs = () => Date.now() + skewMs;
      const row = (id: number): WallRow => ({
        id,
        atMs: Math.floor(data.nowMs() / 1_000) * 1_000,
        note: 'new',
      });
      data.put({ id: 2_099, atMs: Date.parse('2099-01-01T00:00:00Z'), note: 'far' }, row(1));
      await runAndCompare(name);
      const covered = Number(await coveredTo(name)) / 1_000;
      expect(covered).toBeLessThanOrEqual(Math.min(Date.now(), data.nowMs()));
      expect(covered).toBeGreaterThan(Math.min(Date.now(), data.nowMs()) - 5 * minuteMs);

      data.put(row(2), row(3));
      const run = await runAndCompare(name);

      expect(run.records_inserted).toBe(2);
    },
  );
});

test('a window that holds too many is read in halves, down to days of the zone', async () => {
  const data = source.dataset('days');
  data.zone = 'America/Sao_Paulo';
  data.cap = 60;
  data.nowMs = () => Date.parse('2019-03-01T12:00:00Z');
  data.put(
    ...Array.from({ length: 600 }, (_, id) => ({
      id,
      atMs: Date.parse('2018-10-01T03:00:00Z') + Math.floor((id * 150 * dayMs) / 600),
      note: 'new',
    })),
  );

  const run = await runAndCompare('days');

  const { rows } = await stack.pool.query<{ outcome: string; pages: number }>(
    'select outcome, count(*)::int as pages from tidemark.pages where run_id = $1 group by outcome',
    [run.id],
  );
  expect(rows.find(({ outcome }) => outcome === 'split')?.pages).toBeGreaterThan(3);
  expect(await coveredTo('days')).toBe(`${Date.parse('2019-03-01T03:00:00Z')}000`);
});

test('integers are covered up to what was seen on all pages; an outlier covers nothing, and is told', async () => {
  const data = source.dataset('numbers');
  const row = (id: number): WallRow => ({ id, atMs: 0, note: 'new' });
  data.put(...Array.from({ length: 90 }, (_, place) => row(place + 1)), row(999_999_999));
  const first = await runAndCompare('numbers');
  expect(await coveredTo('numbers')).toBe('90');

  data.put(...Array.from({ length: 30 }, (_, place) => row(place + 91)));
  const second = await runAndCompare('numbers');

  expect(second).toMatchObject({ records_inserted: 30 });
  expect(await coveredTo('numbers')).toBe('120');
  const { rows } = await stack.pool.query<{ warnings: string[] }>(
    'select warnings from tidemark.collector_runs where id = $1',
    [first.id],
  );
  expect(rows[0]?.warnings).toEqual([expect.stringContaining('999999999')]);
});

test('a token is that of the last page, and the next run asks with it', async () => {
  const data = source.dataset('tokens');
  const rows = everyMinute('2024-01-01T00:00:00Z', 50);
  data.put(...rows);
  expect(await runAndCompare('tokens')).toMatchObject({ pages_read: 3, records_inserted: 50 });

  data.put({ id: 7, atMs: 0, note: 'changed' }, { id: 50, atMs: 0, note: 'new' });
  const second = await runAndCompare('tokens');
  const third = await runAndCompare('tokens');
  const full = await runAndCompare('tokens', { mode: 'full' });

  expect(second).toMatchObject({ pages_read: 1, records_inserted: 1, records_updated: 1 });
  expect(third).toMatchObject({ pages_read: 1, records_processed: 0 });
  expect(full).toMatchObject({ pages_read: 3, records_inserted: 0, records_updated: 0 });
});

test('periods are asked for by the cadence of their group', async () => {
  source.dataset('cadences').put({ id: 1, atMs: 0, note: 'new' });
  const askedIn = async (): Promise<string[]> => {
    source.asked.length = 0;
    await runAndCompare('cadences');
    return source.asked.map((path) => path.replace(/^.*months=/, ''));
  };
  const age = (days: number) =>
    stack.pool.query(
      `update tidemark.items set last_success_at = last_success_at - $1 * interval '1 day'
        where collector_name = 'cadences'`,
      [days],
    );

  expect(await askedIn()).toEqual(['2024-01..2024-06']);
  expect(source.asked[0]).toContain('days=2024-01-01..2024-06-30');
  expect(await askedIn()).toEqual([]);
  await age(1);
  expect(await askedIn()).toEqual(['2024-05..2024-06']);
  await age(7);
  expect(await askedIn()).toEqual(['2024-03..2024-06']);
  await age(30);
  expect(await askedIn()).toEqual(['2024-01..2024-06']);
});
