import { canonicalJson, Definition, planRun } from '@tidemark/collector-sdk';
import {
  listCollectorStatus,
  listPartitionMarks,
  registerCollector,
  type Queryable,
} from '@tidemark/store';
import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storeStates } from '../src/planning/store-states.ts';

const RUN = '0197f6a0-0000-7000-8000-000000000001';

const months = Definition.parse({
  name: 'months',
  source: { name: 'src', baseUrl: 'https://example.org' },
  partitions: [{ region: 'eu' }, { region: 'us' }],
  request: { path: '/{region}/{from}' },
  incremental: { kind: 'periods', unit: 'month', from: '2024-01', to: '2024-04', perChunk: 1 },
  target: { kind: 'raw', table: 'months' },
});

let database: FreshDatabase;
let pool: Queryable;

beforeEach(async () => {
  database = await freshDatabase();
  pool = database.pool();
  const definition = canonicalJson(months);
  await registerCollector(pool, {
    name: 'months',
    revision: '0'.repeat(16),
    definition,
    origin: null,
  });
});
afterEach(async () => {
  await database.drop();
});

/** What planning keeps of a run that is to read all months of both regions. */
async function plan(isRehearsal = false): Promise<void> {
  const partitions = [{ region: 'eu' }, { region: 'us' }];
  const plan = planRun({
    definition: months,
    request: { mode: 'incremental' },
    states: new Map(),
    partitions,
    ids: [],
    nowUs: '1735689600000000',
    isTargetEmpty: true,
  });
  await storeStates(pool, RUN, { definition: months, plan, isRehearsal });
}

async function read(region: string, keys: readonly string[]): Promise<void> {
  await pool.query(
    `update tidemark.items set last_success_at = clock_timestamp(), checked_at = clock_timestamp()
      where partition = $1 and key = any ($2)`,
    [JSON.stringify({ region }), keys],
  );
}

const marks = async () =>
  (await listPartitionMarks(pool, 'months')).map((each) => [
    each.partition,
    each.floor,
    each.low_water_mark,
    each.holes,
  ]);
const mark = async () => (await listCollectorStatus(pool))[0]?.low_water_mark;

test('a period that a run did not come to, or that failed, is a hole: the mark stays in front of it', async () => {
  await plan();
  await read('eu', ['2024-01', '2024-03', '2024-04']);

  expect(await marks()).toEqual([
    ['{"region":"eu"}', '2024-01', '2024-01', 1],
    ['{"region":"us"}', '2024-01', null, 4],
  ]);
  expect(await mark()).toBeNull();
});

test('the mark of a collector is that of the partition that is furthest behind', async () => {
  await plan();
  await read('eu', ['2024-01', '2024-02', '2024-03', '2024-04']);
  await read('us', ['2024-01', '2024-02', '2024-04']);

  expect(await mark()).toBe('2024-02');
});

test('what was read stays read when it is planned again', async () => {
  await plan();
  await read('eu', ['2024-01', '2024-02', '2024-03', '2024-04']);
  await plan();

  expect((await marks())[0]).toEqual(['{"region":"eu"}', '2024-01', '2024-04', 0]);
});

test('a rehearsal leaves no trace', async () => {
  await plan(true);

  expect(await marks()).toEqual([]);
});
