import { randomUUID } from 'node:crypto';
import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { setRateLimit } from '../collectors/set-rate-limit.ts';
import { admit, type Admission, type BudgetTold } from './admit.ts';

let database: FreshDatabase;
let pool: pg.Pool;
let live: string;
let backfill: string;

beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool({ max: 8 });
  live = await startRun('live');
  backfill = await startRun('backfill');
});

afterAll(async () => {
  await database.drop();
});

beforeEach(async () => {
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

interface Ask {
  readonly runId?: string;
  readonly budgets?: readonly string[];
  readonly weight?: number;
  readonly told?: BudgetTold;
}

function ask({ runId = live, budgets = ['api'], weight = 1, told }: Ask = {}): Promise<Admission> {
  const place = { runId, chunkId: 0, attempt: 1, seq: 0, source: 'api' };
  return admit(pool, { ...place, budgets, weight, told });
}

async function waitsOf(count: number, options: Ask = {}): Promise<number[]> {
  const waits: number[] = [];
  for (let i = 0; i < count; i += 1) {
    const admission = await ask(options);
    waits.push(admission.verdict === 'go' ? admission.waitMs : -1);
  }
  return waits;
}

function learn(told: Partial<BudgetTold>): Promise<Admission> {
  return ask({ budgets: [], weight: 0, told: { budget: 'api', ...told } });
}

function declare(
  collectorName: string,
  intervalMs: number | undefined,
  reserve = 0,
): Promise<void> {
  const declared =
    intervalMs === undefined
      ? undefined
      : {
          intervalMicros: BigInt(intervalMs * 1_000),
          slackMicros: 0n,
          bearMicros: 20_000n,
          reserve,
        };
  return setRateLimit(pool, { source: 'api', collectorName, declared });
}

async function rowOf(key: string) {
  const { rows } = await pool.query<{
    interval_us: string;
    declared_by: string | null;
    remaining: string | null;
  }>('select interval_us, declared_by, remaining from tidemark.rate_limits where key = $1', [key]);
  return rows[0];
}

test('a source that declares nothing has a budget too: it shares a pause, and spaces nothing', async () => {
  expect(await waitsOf(3)).toEqual([0, 0, 0]);

  await learn({ pauseMs: 20_000 });

  const [waitMs = 0] = await waitsOf(1);
  expect(waitMs).toBeGreaterThan(19_000);
});

test('what was not used is kept up to the slack, and not beyond', async () => {
  await pool.query(
    `insert into tidemark.rate_limits (key, source, interval_us, slack_us) values ('api', 'api', 10000000, 20000000)`,
  );

  const waits = await waitsOf(5);

  expect(waits.slice(0, 3)).toEqual([0, 0, 0]);
  expect(waits[3]).toBeGreaterThan(9_000);
  expect(waits[4]).toBeGreaterThan(19_000);
});

test('a request that costs more takes so many slots', async () => {
  await declare('a', 8_000);

  expect(await waitsOf(1, { weight: 5 })).toEqual([0]);
  const [waitMs = 0] = await waitsOf(1, { weight: 0.5 });
  expect(waitMs).toBeGreaterThan(33_000);
  const [next = 0] = await waitsOf(1);
  expect(next - waitMs).toBeLessThan(4_001);
});

test('an entity and a token of a source get its rate, each for itself', async () => {
  await declare('a', 10_000);

  for (const key of ['api/players', 'api/teams', 'api#TOKEN']) {
    expect(await waitsOf(1, { budgets: [key] })).toEqual([0]);
    const [waitMs = 0] = await waitsOf(1, { budgets: [key] });
    expect(waitMs).toBeGreaterThan(9_000);
  }
});

test('of several budgets the one that is free first is taken', async () => {
  await declare('a', 10_000);
  const budgets = ['api#A', 'api#B', 'api#C'];

  const taken = new Set<string | null>();
  for (let i = 0; i < 3; i += 1) {
    const admission = await ask({ budgets });
    if (admission.verdict === 'go') taken.add(admission.budget);
  }
  await learn({ budget: 'api#B', pauseMs: 60_000 });

  expect(taken).toEqual(new Set(budgets));
  const admission = await ask({ budgets });
  expect(admission).toMatchObject({ verdict: 'go', budget: 'api#A', bearMs: 20 });
});

test('a quota that the source tells is counted down, and waited for when it is used up', async () => {
  await learn({ limit: 10, remaining: 3, resetsInMs: 30_000 });

  expect(await waitsOf(4)).toEqual([0, 0, 0, -1]);
  const admission = await ask();
  expect(admission.verdict === 'wait' && admission.freeMs).toBeGreaterThan(29_000);
});

test('what the source tells lowers the count and never raises it, since it does not know what is on its way', async () => {
  await learn({ remaining: 5, resetsInMs: 30_000 });
  await waitsOf(3);

  await learn({ remaining: 4, resetsInMs: 29_500 });
  expect(await rowOf('api')).toMatchObject({ remaining: '2' });
  await learn({ remaining: 1, resetsInMs: 29_000 });
  expect(await rowOf('api')).toMatchObject({ remaining: '1' });
});

test('a window that ends at another time is another window', async () => {
  await learn({ remaining: 0, resetsInMs: 30_000 });

  await learn({ remaining: 5, resetsInMs: 90_000 });

  expect(await waitsOf(6)).toEqual([0, 0, 0, 0, 0, -1]);
});

test('a quota that is used up is whole when the answer says so that used it up, as in a window that slides', async () => {
  await learn({ limit: 3, remaining: 2, resetsInMs: 30_000 });
  await learn({ limit: 3, remaining: 1, resetsInMs: 31_500 });
  await learn({ limit: 3, remaining: 0, resetsInMs: 33_000 });
  await learn({ limit: 3, remaining: 0, resetsInMs: 32_000 });

  const admission = await ask();

  expect(admission.verdict === 'wait' && admission.freeMs).toBeGreaterThan(32_100);
});

test('after its end a quota is taken to be as large as before, until an answer tells', async () => {
  await learn({ limit: 2, remaining: 0, resetsInMs: 30_000 });
  await pool.query(`update tidemark.rate_limits set resets_at = now()`);

  expect(await waitsOf(3)).toEqual([0, 0, -1]);
  await learn({ limit: 2, remaining: 1, resetsInMs: 60_000 });
  expect(await rowOf('api')).toMatchObject({ remaining: '0' });
});

test('a refusal without a word waits for the quota where its end is known, and else does not', async () => {
  await learn({ exhausted: true });
  expect(await waitsOf(1)).toEqual([0]);

  await learn({ remaining: 7, resetsInMs: 30_000 });
  await learn({ exhausted: true });

  expect(await waitsOf(1)).toEqual([-1]);
});

test('a request that costs more than the whole quota is let in by a whole quota', async () => {
  await learn({ limit: 5, remaining: 5, resetsInMs: 30_000 });

  expect(await waitsOf(2, { weight: 8 })).toEqual([0, -1]);
});

test('a backfill leaves the reserve of a quota to live requests', async () => {
  await pool.query(
    `insert into tidemark.rate_limits (key, source, reserve) values ('api', 'api', 0.4)`,
  );
  await learn({ limit: 5, remaining: 5, resetsInMs: 30_000 });

  expect(await waitsOf(4, { runId: backfill })).toEqual([0, 0, 0, -1]);
  expect(await waitsOf(3)).toEqual([0, 0, -1]);
});

test('a backfill is slower than the rate by the reserve, and live requests are not', async () => {
  await declare('a', 10_000, 0.75);

  expect(await waitsOf(1, { runId: backfill })).toEqual([0]);
  await pool.query(`update tidemark.rate_limits set tat = tat - interval '10 seconds'`);
  const admission = await ask({ runId: backfill });
  expect(admission.verdict === 'wait' && admission.freeMs).toBeGreaterThan(31_000);
  expect(await waitsOf(1)).toEqual([0]);
});

test('a live request waits for one slot at most that a backfill took', async () => {
  await declare('a', 1_000);
  await Promise.all(Array.from({ length: 10 }, () => ask({ runId: backfill })));

  const [waitMs = 0] = await waitsOf(1);

  expect(waitMs).toBeLessThanOrEqual(1_000);
});

test('weight 0 asks whether the run goes on and the budget is not paused, and books nothing', async () => {
  await declare('a', 1_000);

  expect(await waitsOf(3, { weight: 0 })).toEqual([0, 0, 0]);
  expect(await waitsOf(1)).toEqual([0]);
  await learn({ pauseMs: 5_000 });
  expect(await waitsOf(1, { weight: 0 })).toEqual([-1]);
});

test('who declares no rate changes nothing that another declared; who takes its own back, does', async () => {
  await declare('b', undefined);
  expect(await rowOf('api')).toMatchObject({ interval_us: '0', declared_by: null });
  await declare('a', 1_000);
  await ask({ budgets: ['api/players'] });

  await declare('b', undefined);
  expect(await rowOf('api')).toMatchObject({ interval_us: '1000000', declared_by: 'a' });
  await declare('a', 2_000);
  expect(await rowOf('api/players')).toMatchObject({ interval_us: '2000000', declared_by: 'a' });

  await declare('a', undefined);
  expect(await rowOf('api')).toMatchObject({ interval_us: '0', declared_by: null });
  expect(await rowOf('api/players')).toMatchObject({ interval_us: '0', declared_by: null });
});

test('a clock that was put back takes what was booked and paused back with it', async () => {
  await declare('one', 10_000);
  await ask();
  await learn({ pauseMs: 30_000 });
  // As if the clock had been an hour ahead until now.
  await pool.query(
    `update tidemark.rate_limits
        set tat = tat + interval '1 hour', paused_until = paused_until + interval '1 hour',
            booked_at = booked_at + interval '1 hour'`,
  );

  const [first = 0, second = 0] = await waitsOf(2);

  expect(first).toBeGreaterThan(25_000);
  expect(first).toBeLessThanOrEqual(30_100);
  expect(Math.round((second - first) / 1_000)).toBe(10);
});
