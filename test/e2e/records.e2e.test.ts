import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RecordSource, startRecordSource } from './stack/record-source.ts';
import { startTestStack, type TestStack } from './stack/test-stack.ts';
import { runCli } from './stack/run-cli.ts';

const minuteMs = 60_000;
let source: RecordSource;
let stack: TestStack;

const collector = (name: string, incremental = '', maxRejects = 0.2): string => `
name: ${name}
source: { name: ${name}, baseUrl: '${source.url}', retryDelay: 50ms }
request: { path: '/${name}' }
incremental: { kind: cursor, field: at, from: since, to: until, start: '2024-01-01', ${incremental} }
target:
  kind: table
  table: ${name}
  key: [id]
  fields: { id: { type: bigint }, at: { type: timestamptz }, note: { type: text } }
limits: { maxRejects: ${maxRejects} }
`;

beforeAll(async () => {
  source = await startRecordSource();
  const figures = `
name: figures
source: { name: figures, baseUrl: '${source.url}', retryDelay: 50ms }
request: { path: /figures }
incremental: { kind: full }
transform:
  unpivot: { keys: '^[0-9]{4}$', key: year, value: amount }
  rules:
    - { field: country, rule: regex, pattern: '^[A-Z]{3}$' }
    - { field: amount, rule: notNull, severity: warn, weight: 3 }
    - { path: tags, rule: length, max: 2, severity: warn }
target:
  kind: table
  table: figures
  key: [country, year]
  quality: quality
  fields:
    country: { type: text }
    year: { type: bigint }
    amount: { type: numeric }
    marks: { path: tags, type: 'bigint[]' }
    seen_at: { type: 'timestamptz[]' }
limits: { maxRejects: 1 }
`;
  stack = await startTestStack({
    definitions: {
      'included.yaml': collector('included', '', 0),
      'rejected.yaml': collector('rejected', 'nulls: reject', 0.1),
      'exceeded.yaml': collector('exceeded', 'nulls: reject', 0.02),
      'put_aside.yaml': collector('put_aside', 'nulls: quarantine', 0),
      'outside.yaml': collector('outside'),
      'inside.yaml': collector('inside', 'outOfRange: reject', 1),
      'tight.yaml': collector('tight', 'lookback: 1h'),
      'roomy.yaml': collector('roomy', 'lookback: 1h'),
      'figures.yaml': figures,
    },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source[Symbol.asyncDispose]();
});

const at = (id: number): string => new Date(Date.UTC(2024, 0, 1) + id * minuteMs).toISOString();
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

describe('records without a cursor, one in twenty', () => {
  const records = Array.from({ length: 1_000 }, (_, id) => ({
    id,
    at: id % 20 === 7 ? null : at(id),
  }));

  test.each([
    ['included', 'success', 1_000, 0, undefined],
    ['rejected', 'success', 950, 50, 'RECORD_INVALID'],
    ['exceeded', 'failed', 950, 50, 'RECORD_INVALID'],
    ['put_aside', 'success', 950, 50, 'CURSOR_NULL'],
  ])('%s: the run ends with %s, %d rows and %d dead letters', async (...expected) => {
    const [name, status, inserted, rejected, code] = expected;
    source.set(name, records);

    const run = await stack.run(name);

    expect(run, await stack.describe(run.id)).toMatchObject({
      status,
      records_processed: 1_000,
      records_inserted: inserted,
      records_rejected: rejected,
    });
    const letters = await stack.pool.query(
      `select code, count(*)::int from tidemark.dead_letters where run_id = $1 group by code`,
      [run.id],
    );
    expect(letters.rows).toEqual(code === undefined ? [] : [{ code, count: 50 }]);
    const { rows } = await stack.pool.query<{ id: number; atMs: number | null }>(
      `select id::int, extract(epoch from at)::float8 * 1000 as "atMs" from public.${name} order by id`,
    );
    expect(rows).toEqual(
      records
        .filter((record) => record.at !== null || code === undefined)
        .map((record) => ({ id: record.id, atMs: record.at && Date.parse(record.at) })),
    );
    expect(await coveredOf(name)).toBe(status === 'success');
  });
});

describe('records outside of what was asked for', () => {
  const rogues = [
    { id: 1_000, at: '2019-01-01T00:00:00Z' },
    { id: 1_001, at: '2099-01-01T00:00:00Z' },
    { id: 1_002, at: null },
  ];
  const records = Array.from({ length: 10 }, (_, id) => ({ id, at: at(id) }));
  const window = { from: '2024-01-01', to: '2024-01-02' };

  test('are loaded and counted', async () => {
    source.set('outside', records, rogues);

    const run = await stack.run('outside', { window });

    expect(run).toMatchObject({ status: 'success', records_inserted: 13, records_rejected: 0 });
    expect(await numbersOf(run.id)).toMatchObject({ records_out_of_range: 2 });
    const shown = await runCli(stack, 'runs', '--collector', 'outside', '--json');
    expect(JSON.parse(shown.out)).toMatchObject([{ records_out_of_range: 2 }]);
  });

  test('are rejected where the definition says so, and counted', async () => {
    source.set('inside', records, rogues);

    const run = await stack.run('inside', { window });

    expect(run).toMatchObject({ status: 'success', records_inserted: 11, records_rejected: 2 });
    expect(await numbersOf(run.id)).toMatchObject({ records_out_of_range: 2 });
    const { rows } = await stack.pool.query(
      `select distinct code from tidemark.dead_letters where run_id = $1`,
      [run.id],
    );
    expect(rows).toEqual([{ code: 'CURSOR_OUT_OF_RANGE' }]);
  });
});

describe('rows that come late', () => {
  test.each([
    ['tight', 55, true],
    ['roomy', 20, false],
  ])('%s: %d minutes below the watermark', async (name, minutes, isShort) => {
    const early = { id: 1, at: ago(30 * minuteMs), note: 'early' };
    source.set(name, [early]);
    const first = await stack.run(name);
    expect(await numbersOf(first.id)).toMatchObject({ late_records: 0, lookback_needed: null });

    source.set(name, [early, { id: 2, at: ago(minutes * minuteMs), note: 'late' }]);
    const second = await stack.run(name);

    expect(second).toMatchObject({ records_inserted: 1, records_unchanged: 1 });
    const numbers = await numbersOf(second.id);
    expect(numbers).toMatchObject({ late_records: 1 });
    expect(Math.round(numbers.lateness_minutes)).toBe(minutes);
    expect(Math.round(Number(numbers.lookback_needed) / 60_000_000)).toBe(minutes);
    expect(numbers.warnings).toEqual(
      isShort ? [expect.stringContaining('incremental.lookback is 1h')] : [],
    );
    const status = await runCli(stack, 'status');
    expect(status.out.includes(`${name}: 1 late row`)).toBe(isShort);
    const shown = await runCli(stack, 'collectors', 'show', name);
    expect(shown.out).toContain('1 late row');
  });

  test('what the first run after them finds again is not late any more', async () => {
    const run = await stack.run('tight');

    expect(run).toMatchObject({ records_unchanged: 2 });
    expect(await numbersOf(run.id)).toMatchObject({ late_records: 0, warnings: [] });
  });
});

test('years become rows, rules reject and grade them, and arrays keep their types', async () => {
  const seen_at = ['2024-01-31T12:00:00Z', null];
  source.set('figures', [
    { country: 'BRA', '2019': 1.25, '2020': null, tags: [1, 2], seen_at },
    { country: 'ARG', '2019': 7, tags: [1, 2, 3] },
    { country: 'nowhere', '2019': 7, '2020': 8 },
  ]);

  const run = await stack.run('figures');

  expect(run, await stack.describe(run.id)).toMatchObject({
    status: 'success',
    records_processed: 5,
    records_inserted: 3,
    records_rejected: 2,
  });
  const { rows } = await stack.pool.query(
    `select country, year::int, amount::float8, marks::text, seen_at[1] = '2024-01-31 12:00Z' as seen, quality::int
       from figures order by country, year`,
  );
  expect(rows).toEqual([
    { country: 'ARG', year: 2019, amount: 7, marks: '{1,2,3}', seen: null, quality: 80 },
    { country: 'BRA', year: 2019, amount: 1.25, marks: '{1,2}', seen: true, quality: 100 },
    { country: 'BRA', year: 2020, amount: null, marks: '{1,2}', seen: true, quality: 40 },
  ]);
  const letters = await stack.pool.query(
    `select position, reason from tidemark.dead_letters where run_id = $1`,
    [run.id],
  );
  const reason = 'country: does not pass the rule regex (^[A-Z]{3}$)';
  expect(letters.rows).toEqual([
    { position: 2, reason },
    { position: 2, reason },
  ]);

  const again = await stack.run('figures');
  expect(again).toMatchObject({ records_unchanged: 3, records_rejected: 2 });
});

async function coveredOf(name: string): Promise<boolean> {
  const { rows } = await stack.pool.query<{ covered: boolean }>(
    `select covered @> floor as covered from tidemark.watermarks where collector_name = $1`,
    [name],
  );
  return rows[0]?.covered === true;
}

async function numbersOf(runId: string) {
  const { rows } = await stack.pool.query<{
    records_out_of_range: number;
    late_records: number;
    lateness_minutes: number;
    lookback_needed: string | null;
    warnings: string[];
  }>(
    `select records_out_of_range::int, late_records::int, lookback_needed, warnings,
            (extract(epoch from max_lateness) / 60)::float8 as lateness_minutes
       from tidemark.collector_runs where id = $1`,
    [runId],
  );
  const [row] = rows;
  if (!row) throw new Error(`there is no run ${runId}`);
  return row;
}
