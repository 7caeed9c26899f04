import { startBcbSgs } from '@tidemark/simulators';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack, type TestStack } from './stack/test-stack.ts';

const dayMs = 86_400_000;
/** The source's clock is some days behind, so that values can be published while the test runs. */
let behindMs = 6 * dayMs;
let bcb: Awaited<ReturnType<typeof startBcbSgs>>;
let stack: TestStack;

beforeAll(async () => {
  bcb = await startBcbSgs({
    clock: () => Date.now() - behindMs,
    xmlErrorShare: 0.1,
    gatewayTimeoutShare: 0.1,
  });
  stack = await startTestStack({
    definitions: {
      'bcb-sgs.yaml': `
extends: bcb-sgs
source: { baseUrl: '${bcb.url}', retryDelay: 50ms, rate: { requests: 1000, per: 1s } }
`,
    },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await bcb?.stop();
});

test('the first run asks for ten years at a time, and the target equals the source', async () => {
  const run = await stack.run('bcb-sgs');

  expect(run, await stack.describe(run.id)).toMatchObject({
    status: 'success',
    records_rejected: 0,
  });
  // Both ends of a window belong to it, so the day between two windows is read twice.
  expect(run.records_inserted).toBe(run.records_processed - run.records_unchanged);
  expect(run.records_unchanged).toBeLessThan(20);
  await expectEqualToSource();
  // A series that begins late has windows without values, which the source answers with 404.
  const chunks = await stack.pool.query('select from tidemark.chunks where run_id = $1', [run.id]);
  expect(chunks.rowCount).toBeGreaterThanOrEqual(20);
  expect(bcb.requests.some(({ status }) => status === 404)).toBe(true);
  expect(bcb.requests.some(({ status }) => status === 406)).toBe(false);
});

test('nothing has changed: a look-back for each series, nothing written', async () => {
  const run = await stack.run('bcb-sgs');

  expect(run, await stack.describe(run.id)).toMatchObject({
    status: 'success',
    pages_read: 5,
    records_inserted: 0,
    records_updated: 0,
  });
});

test('values revised and published since: exactly those are written', async () => {
  const known = bcb.control.content().length;
  bcb.control.revise(24_363, { count: 7, withinDays: 300 });
  bcb.control.revise(1, { count: 3, withinDays: 30 });
  behindMs = 2 * dayMs;

  const run = await stack.run('bcb-sgs');

  expect(run, await stack.describe(run.id)).toMatchObject({
    status: 'success',
    records_inserted: bcb.control.content().length - known,
    records_updated: 10,
  });
  expect(run.records_inserted).toBeGreaterThan(0);
  await expectEqualToSource();
});

test('what is covered ends at a midnight of São Paulo, not later than the source knows', async () => {
  const { rows } = await stack.pool.query<{ ends: string; covered: string }>(
    `select distinct to_char(tidemark.from_micros(upper(covered)) at time zone 'America/Sao_Paulo', 'HH24:MI:SS') as ends,
            to_char(tidemark.from_micros(upper(covered)) at time zone 'America/Sao_Paulo', 'YYYY-MM-DD') as covered
       from tidemark.watermarks where collector_name = 'bcb-sgs'`,
  );
  const sourceDay = new Intl.DateTimeFormat('sv-SE', { timeZone: 'America/Sao_Paulo' }).format(
    Date.now() - behindMs,
  );

  expect(rows).toEqual([{ ends: '00:00:00', covered: sourceDay }]);
});

test('a backfill reads older decades beside what is there, and leaves the live watermark', async () => {
  const lowWater = async () => {
    const { rows } = await stack.pool.query<{ mark: string }>(
      `select distinct tidemark.low_water_mark(covered, floor)::text as mark
         from tidemark.watermarks where collector_name = 'bcb-sgs'`,
    );
    return rows.map(({ mark }) => mark);
  };
  const before = await lowWater();

  const run = await stack.run('bcb-sgs', {
    mode: 'backfill',
    window: { from: '1960-01-01', to: '1990-01-01' },
  });

  expect(run, await stack.describe(run.id)).toMatchObject({ status: 'success', pages_read: 20 });
  expect(await lowWater()).toEqual(before);
});

async function expectEqualToSource(): Promise<void> {
  const dayOf = (day: number): string => new Date(day * dayMs).toISOString().slice(0, 10);
  const expected = bcb.control
    .content()
    .map(({ code, day, value, endDay }) =>
      [code, dayOf(day), endDay === undefined ? '-' : dayOf(endDay), value].join(' '),
    );
  const { rows } = await stack.pool.query<{ line: string }>(
    `select concat_ws(' ', code, day, coalesce(end_day::text, '-'), value) as line from public.bcb_sgs`,
  );
  expect(rows.map((row) => row.line).toSorted()).toEqual(expected.toSorted());
}
