import { startUsgs, startWorldBank } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestStack, type TestStack } from './stack/test-stack.ts';

let worldBank: Awaited<ReturnType<typeof startWorldBank>>;
let usgs: Awaited<ReturnType<typeof startUsgs>>;
let stack: TestStack;

beforeAll(async () => {
  worldBank = await startWorldBank({
    bomShare: 0.1,
    stringMetaShare: 0.3,
    xmlErrorShare: 0.2,
    throttleShare: 0.05,
    lastYear: 2007,
  });
  usgs = await startUsgs({ capMatching: 400 });
  stack = await startTestStack({
    definitions: {
      'world-bank.yaml': `
extends: world-bank
source: { baseUrl: '${worldBank.url}', retryDelay: 50ms, rate: { requests: 1000, per: 1s } }
paginate: { size: { value: 200 } }
incremental: { from: '1955', to: '2007' }
`,
      'usgs.yaml': `
extends: usgs-earthquakes
source: { baseUrl: '${usgs.url}', retryDelay: 50ms, rate: { requests: 1000, per: 1s } }
paginate: { size: { value: 100 } }
incremental: { start: '2018-01-01', split: { start: '2018-01-01' } }
`,
    },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await worldBank.stop();
  await usgs.stop();
});

describe('world-bank', () => {
  test('the first run loads every year, and the target equals the source', async () => {
    const run = await stack.run('world-bank');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_rejected: 0,
    });
    expect(run.records_inserted).toBe(run.records_processed);
    await expectWorldBank();
  });

  test('nothing has changed: a few requests, nothing written', async () => {
    worldBank.control.resetStats();

    const run = await stack.run('world-bank');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: 0,
      records_updated: 0,
    });
    // The two newest years of three indicators are read again; of the older ones one page each is looked at.
    expect(run.pages_read).toBeLessThanOrEqual(12);
    expect(worldBank.stats.requests).toBeLessThanOrEqual(24);
  });

  test('old values revised, missing ones filled in: exactly those are updated', async () => {
    worldBank.control.revise({ indicator: 'SP.DYN.LE00.IN', count: 7 });
    worldBank.control.fillNulls({ indicator: 'SP.POP.TOTL', count: 5 });

    const run = await stack.run('world-bank');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: 0,
      records_updated: 12,
    });
    await expectWorldBank();
  });
});

describe('usgs-earthquakes', () => {
  test('the first run splits windows that the source caps, and the target equals the source', async () => {
    const run = await stack.run('usgs-earthquakes');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_rejected: 0,
    });
    expect(run.records_inserted).toBe(run.records_processed);
    const splits = await stack.pool.query(
      `select from tidemark.pages where run_id = $1 and outcome = 'split'`,
      [run.id],
    );
    expect(splits.rowCount).toBeGreaterThan(0);
    await expectUsgs();
  });

  test('events revised, new and late: the second run gets exactly those', async () => {
    usgs.control.revise(9);
    usgs.control.addEvents(4);
    usgs.control.addLateEvents({ count: 3, eventAgeMs: 86_400_000, updatedAgoMs: 30_000 });

    const run = await stack.run('usgs-earthquakes');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: 7,
      records_updated: 9,
    });
    await expectUsgs();
  });
});

describe('from message to row', () => {
  test('the time from a control message to the first committed row is measured', async () => {
    usgs.control.revise(1);
    const startedMs = performance.now();

    const runId = await stack.startRun('usgs-earthquakes');
    await waitFor(
      async () =>
        (await stack.pool.query('select from tidemark.batches where run_id = $1', [runId]))
          .rowCount,
      { what: 'the first batch to be committed' },
    );

    const elapsedMs = performance.now() - startedMs;
    console.log(
      `control message to first committed row on a warm stack: ${elapsedMs.toFixed(0)} ms`,
    );
    expect((await stack.ended(runId)).status).toBe('success');
  });
});

/** A decimal without zeros at its end: 4.0 and 4 are one number. */
function trimScale(digits: string): string {
  return digits.includes('.') ? digits.replace(/\.?0+$/, '') : digits;
}

/** World Bank's rows as the source has them now, against the table; values compared as PostgreSQL's numeric. */
async function expectWorldBank(): Promise<void> {
  const expected = worldBank.control
    .content()
    .map(
      (row) =>
        `${row.iso2} ${row.iso3} ${row.indicator} ${row.year} ${trimScale(row.value ?? '-')}`,
    );
  const { rows } = await stack.pool.query<{ line: string }>(
    `select concat_ws(' ', country_id, country_iso3, indicator, year, coalesce(trim_scale(value)::text, '-')) as line
       from public.world_bank_indicators`,
  );
  expect(rows.map((row) => row.line).toSorted()).toEqual(expected.toSorted());
}

async function expectUsgs(): Promise<void> {
  const expected = usgs.control.content().map((event) => {
    const { time, updated, mag, place, ids } = event.properties;
    return JSON.stringify([event.id, time, updated, mag, place, ids.split(',').filter(Boolean)]);
  });
  const { rows } = await stack.pool.query<{ line: unknown[] }>(
    `select jsonb_build_array(id, tidemark.to_micros(time) / 1000, tidemark.to_micros(updated) / 1000, mag, place, ids)
              as line
       from public.usgs_earthquakes`,
  );
  expect(rows.map((row) => JSON.stringify(row.line)).toSorted()).toEqual(expected.toSorted());
}
