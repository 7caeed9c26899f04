import { randomUUID } from 'node:crypto';
import type { PagePlace } from '@tidemark/contracts';
import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { noteWait } from '../waits/note-wait.ts';
import { admit, type AdmitInput } from './admit.ts';
import { recordPage, type RecordPageInput } from './record-page.ts';

let database: FreshDatabase;
let pool: pg.Pool;
let runId: string;

beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool({ max: 8 });
});

afterAll(async () => {
  await database.drop();
});

beforeEach(async () => {
  runId = await startRun('live');
  await pool.query('delete from tidemark.rate_limits');
});

async function startRun(runClass: 'live' | 'backfill'): Promise<string> {
  const id = randomUUID();
  await pool.query(
    `insert into tidemark.collector_runs (id, collector_name, class, mode, status, triggered_by, revision)
     values ($1, $2, $3, 'incremental', 'running', 'test', 'r')`,
    [id, id.slice(0, 8), runClass],
  );
  await pool.query(
    `insert into tidemark.chunks (run_id, chunk_id, status, attempt, partition, task)
     values ($1, 0, 'active', 1, '{}', '{}')`,
    [id],
  );
  return id;
}

async function setBudget(intervalMs: number, burst: number): Promise<void> {
  await pool.query(
    `insert into tidemark.rate_limits (key, source, interval_us, slack_us) values ('api', 'api', $1, $2)`,
    [intervalMs * 1_000, intervalMs * 1_000 * (burst - 1)],
  );
}

const asking = (changes: Partial<AdmitInput> = {}): AdmitInput => ({
  runId,
  chunkId: 0,
  attempt: 1,
  seq: 0,
  source: 'api',
  budgets: ['api'],
  weight: 1,
  ...changes,
});

const place = (seq: number): PagePlace => ({
  seq,
  place: { page: seq + 1 },
  windows: [],
  bound: null,
  stride: null,
});

const pageOf = (seq: number, changes: Partial<RecordPageInput> = {}): RecordPageInput => ({
  runId,
  chunkId: 0,
  attempt: 1,
  seq,
  digest: 'aaaaaaaaaaaaaaaa',
  parts: 1,
  outcome: 'page',
  last: false,
  next: [place(seq + 1)],
  bound: '123456789012345678',
  signal: null,
  askedAtUs: '1700000000123456',
  ...changes,
});

async function finishBatch(failed: boolean): Promise<void> {
  await pool.query('select tidemark.finish_batch($1, 0, 1, 0, $2, 1, 0, 0, 0, 0, 1, false)', [
    runId,
    failed,
  ]);
}

async function loadPart(seq: number, digest = 'aaaaaaaaaaaaaaaa'): Promise<void> {
  await pool.query(
    `insert into tidemark.batches (run_id, chunk_id, seq, digest, part, attempt, outcome, asked_at)
     values ($1, 0, $2, $3, 0, 1, 'page', now())`,
    [runId, seq, digest],
  );
  await pool.query(
    'update tidemark.chunks set batches_loaded = batches_loaded + 1 where run_id = $1',
    [runId],
  );
}

test('without a budget a page is admitted at once, with the time of the server', async () => {
  const admission = await admit(pool, asking({ budgets: [] }));

  expect(admission).toMatchObject({ verdict: 'go', waitMs: 0 });
  if (admission.verdict !== 'go') return;
  expect(admission.askedAtUs).toMatch(/^\d{16}$/);
  const { rows } = await pool.query<{ apart: number }>(
    'select abs(tidemark.to_micros(clock_timestamp()) - $1::numeric)::float8 as apart',
    [admission.askedAtUs],
  );
  expect(rows[0]?.apart).toBeLessThan(10_000_000);
});

test('nothing is read for a target that does not take what was read, and a batch that it takes ends that', async () => {
  await setBudget(1_000, 1);
  await noteWait(pool, {
    collector: runId.slice(0, 8),
    code: 'TARGET_SCHEMA_MISMATCH',
    reason: 'a column',
  });

  const waiting = await admit(pool, asking());
  // One that only tells of a failed page has asked nothing of the target.
  await finishBatch(true);
  const stillWaiting = await admit(pool, asking());
  await finishBatch(false);

  const nothingIsRead = {
    verdict: 'wait',
    reason: expect.stringMatching(/while its batches wait for the target: TARGET_SCHEMA_MISMATCH/),
  };
  expect([waiting, stillWaiting]).toMatchObject([nothingIsRead, nothingIsRead]);
  // The wait has booked nothing, or there would be no slot yet.
  expect(await admit(pool, asking())).toMatchObject({ verdict: 'go', waitMs: 0 });
});

test('a wait that nobody has told of for long holds up nobody', async () => {
  await noteWait(pool, {
    collector: runId.slice(0, 8),
    code: 'DATABASE_UNAVAILABLE',
    reason: 'a lock',
  });
  await pool.query(`update tidemark.waits set seen_at = seen_at - interval '3 minutes'`);

  expect(await admit(pool, asking({ budgets: [] }))).toMatchObject({ verdict: 'go' });
});

test.each([
  ['another attempt', { attempt: 2 }, undefined, /attempt 1/],
  ['an unknown chunk', { chunkId: 9 }, undefined, /unknown/],
  [
    'a paused run',
    {},
    `update tidemark.collector_runs set status = 'paused' where id = $1`,
    /paused/,
  ],
  ['an ended chunk', {}, `update tidemark.chunks set status = 'done' where run_id = $1`, /done/],
])('%s is stopped', async (_, changes, sql, reason) => {
  if (sql !== undefined) await pool.query(sql, [runId]);

  const admission = await admit(pool, asking(changes));

  expect(admission).toEqual({ verdict: 'stop', reason: expect.stringMatching(reason) as string });
});

test('live requests book their slots ahead, also when many ask at once', async () => {
  await setBudget(7_000, 2);

  const admissions = await Promise.all(Array.from({ length: 8 }, () => admit(pool, asking())));

  const waits = admissions
    .map((admission) => (admission.verdict === 'go' ? admission.waitMs : -1))
    .toSorted((a, b) => a - b);
  expect(waits.slice(0, 2)).toEqual([0, 0]);
  for (const [i, waitMs] of waits.slice(2).entries()) {
    // Less the time in which all of them have asked.
    expect(waitMs).toBeGreaterThan((i + 1) * 7_000 - 6_000);
    expect(waitMs).toBeLessThanOrEqual((i + 1) * 7_000);
  }
});

test('a slot further ahead than anybody waits for it is not booked, or a slow budget would never be used', async () => {
  await setBudget(86_400, 1);
  await admit(pool, asking());

  const waits = [];
  for (let time = 0; time < 5; time += 1) waits.push(await admit(pool, asking()));

  for (const admission of waits) expect(admission).toMatchObject({ verdict: 'wait' });
  for (const admission of waits) {
    expect(admission.verdict === 'wait' && admission.waitMs).toBeLessThanOrEqual(60_000);
    expect(admission.verdict === 'wait' && admission.waitMs).toBeGreaterThanOrEqual(20_000);
  }
  // As if the interval had passed: the slot is there for whoever asks first.
  await pool.query(`update tidemark.rate_limits set tat = tat - interval '86.4 seconds'`);
  expect(await admit(pool, asking())).toMatchObject({ verdict: 'go', waitMs: 0 });
});

test('a long pause is asked about again and again, for both classes', async () => {
  await setBudget(1, 1);
  const backfill = await startRun('backfill');
  await admit(pool, asking({ weight: 0, told: { budget: 'api', pauseMs: 3_600_000 } }));

  for (const id of [runId, backfill]) {
    const admission = await admit(pool, asking({ runId: id }));
    expect(admission).toMatchObject({ verdict: 'wait' });
    expect(admission.verdict === 'wait' && admission.waitMs).toBeLessThanOrEqual(60_000);
  }
});

test('a backfill takes only a slot that is free now', async () => {
  await setBudget(60_000, 1);
  const backfill = await startRun('backfill');

  expect(await admit(pool, asking({ runId: backfill }))).toMatchObject({
    verdict: 'go',
    waitMs: 0,
  });
  expect(await admit(pool, asking({ runId: backfill }))).toMatchObject({ verdict: 'wait' });
});

test('a pause holds back everybody who shares the budget, and weight 0 books nothing', async () => {
  await setBudget(1, 100);
  await admit(pool, asking({ weight: 0, told: { budget: 'api', pauseMs: 30_000.5 } }));
  const other = await startRun('live');

  const admission = await admit(pool, asking({ runId: other }));

  expect(admission).toMatchObject({ verdict: 'go' });
  expect(admission.verdict === 'go' && admission.waitMs).toBeGreaterThan(29_000);
});

test('the first content of a page wins, and names what follows for whoever comes second', async () => {
  await recordPage(pool, pageOf(0));

  const second = await recordPage(
    pool,
    pageOf(0, { digest: 'bbbbbbbbbbbbbbbb', next: [place(7)] }),
  );
  const admission = await admit(pool, asking());

  expect(second).toMatchObject({
    digest: 'aaaaaaaaaaaaaaaa',
    next: [place(1)],
    chunkStatus: 'active',
  });
  expect(admission).toEqual({ verdict: 'recorded', next: [place(1)] });
  const { rows } = await pool.query<{ pages_read: number; asked: string; bound: string }>(
    `select c.pages_read, tidemark.to_micros(p.asked_at)::text as asked, p.bound
       from tidemark.chunks c join tidemark.pages p using (run_id, chunk_id) where c.run_id = $1`,
    [runId],
  );
  expect(rows).toEqual([{ pages_read: 1, asked: '1700000000123456', bound: '123456789012345678' }]);
});

test('a page of an older attempt is not recorded', async () => {
  await pool.query('update tidemark.chunks set attempt = 2 where run_id = $1', [runId]);

  expect(await recordPage(pool, pageOf(0))).toEqual({ verdict: 'stop' });
});

test('the recording of a page whose parts are loaded completes chunk and run', async () => {
  await recordPage(pool, pageOf(0));
  await loadPart(0);
  await loadPart(1);

  const recorded = await recordPage(pool, pageOf(1, { outcome: 'last', last: true, next: [] }));

  expect(recorded).toMatchObject({ chunkStatus: 'done', runStatus: 'success' });
});

test('a last page completes nothing while a part, or a page before it, is missing', async () => {
  const last = { outcome: 'last', last: true, next: [] } as const;
  await loadPart(0);
  await loadPart(1, 'bbbbbbbbbbbbbbbb');

  expect(await recordPage(pool, pageOf(1, last))).toMatchObject({ chunkStatus: 'active' });
  expect(await recordPage(pool, pageOf(0))).toMatchObject({ chunkStatus: 'active' });
});
