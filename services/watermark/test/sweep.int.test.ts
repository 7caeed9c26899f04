import { publishTask } from '@tidemark/bus';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, yamlOf } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
  for (const name of ['a-locked', 'lost', 'kept', 'whole', 'ticking', 'nothing']) {
    await harness.define(name, yamlOf(name));
  }
  const settings = { TIDEMARK_LOST_AFTER_MS: '200' };
  await Promise.all([harness.start(settings), harness.start(settings)]);
});
afterAll(() => harness[Symbol.asyncDispose]());

async function startRun(collector: string): Promise<string> {
  await harness.command('run', collector);
  const run = (await harness.answer(collector)).run_id ?? '';
  await waitFor(async () => (await harness.tasks()).some(({ runId }) => runId === run), {
    what: 'the first task',
  });
  return run;
}

const tasksOf = async (run: string) => (await harness.tasks()).filter(({ runId }) => runId === run);

test('a chunk whose messages vanished goes on from what is recorded, at the next attempt', async () => {
  const run = await startRun('lost');
  const [task] = await tasksOf(run);
  const next = [{ ...task?.page, seq: 1, place: { page: 2 } }];
  await harness.pool.query(
    `insert into tidemark.pages (run_id, chunk_id, seq, digest, parts, outcome, last, next, asked_at)
     values ($1, 0, 0, '00000000000000aa', 1, 'page', false, $2, clock_timestamp())`,
    [run, JSON.stringify(next)],
  );
  await harness.pool.query(
    `insert into tidemark.batches (run_id, chunk_id, seq, digest, part, attempt, outcome, asked_at)
     values ($1, 0, 0, '00000000000000aa', 0, 1, 'page', clock_timestamp())`,
    [run],
  );

  await harness.bus.jsm.streams.purge('EXTRACT_LIVE', {
    filter: `tidemark.extract.live.lost.${run}`,
  });

  const [restarted] = await waitFor(
    async () => {
      const tasks = await tasksOf(run);
      return tasks.length > 0 ? tasks : undefined;
    },
    { what: 'the task of the next attempt' },
  );
  expect(restarted).toMatchObject({ attempt: 2, page: { seq: 1, place: { page: 2 } } });
  expect(await harness.chunks(run)).toMatchObject([{ status: 'active', attempt: 2 }]);
});

test('a chunk whose message only waits is never taken for lost, however long that is', async () => {
  const kept = await startRun('kept');
  // A lost chunk beside it shows that the sweep has passed several times since.
  const probe = await startRun('nothing');
  for (const attempt of [2, 3, 4]) {
    await harness.bus.jsm.streams.purge('EXTRACT_LIVE', {
      filter: `tidemark.extract.live.nothing.${probe}`,
    });
    await waitFor(async () => (await harness.chunks(probe))[0]?.attempt === attempt, {
      what: `attempt ${attempt} of the probe`,
    });
    await waitFor(async () => (await tasksOf(probe)).length > 0, { what: 'its task' });
  }

  expect(await harness.chunks(kept)).toMatchObject([{ status: 'active', attempt: 1 }]);
  expect(await tasksOf(kept)).toHaveLength(1);
});

test('a message further down the flow keeps its chunk from being taken for lost', async () => {
  const run = await startRun('whole');
  const [task] = await tasksOf(run);
  await harness.bus.js.publish(`tidemark.load.live.whole.${run}`, 'a batch');
  await harness.bus.jsm.streams.purge('EXTRACT_LIVE', {
    filter: `tidemark.extract.live.whole.${run}`,
  });
  const probe = (await harness.runs('nothing'))[0]?.id ?? '';
  await harness.bus.jsm.streams.purge('EXTRACT_LIVE', {
    filter: `tidemark.extract.live.nothing.${probe}`,
  });
  await waitFor(async () => (await tasksOf(probe)).length > 0, { what: 'a sweep' });

  expect(await harness.chunks(run)).toMatchObject([{ attempt: 1 }]);
  if (task) await publishTask(harness.bus, task, AbortSignal.timeout(5_000));
});

test('a table that somebody locks holds up the schedule of no collector, its own neither', async () => {
  const someone = await harness.pool.connect();
  try {
    await someone.query('begin; lock table public.a_locked in access exclusive mode');
    await harness.define('a-locked', yamlOf('a-locked', "schedule: { cron: '* * * * * *' }"));
    await harness.define('z-free', yamlOf('z-free', "schedule: { cron: '* * * * * *' }"));

    for (const name of ['a-locked', 'z-free']) {
      const { outcome } = await harness.answer(name);
      expect(outcome).toBe('accepted');
    }
    await harness.define('a-locked', yamlOf('a-locked'));
    await harness.define('z-free', yamlOf('z-free'));
  } finally {
    await someone.query('rollback');
    someone.release();
  }
});

test('a schedule fires once per tick, whoever is there', async () => {
  await harness.define('ticking', yamlOf('ticking', "schedule: { cron: '* * * * * *' }"));

  await waitFor(async () => (await harness.answers('ticking')).length >= 3, {
    what: 'three ticks',
  });

  const answers = await harness.answers('ticking');
  expect(answers[0]).toMatchObject({ outcome: 'accepted' });
  expect(new Set(answers.slice(1).map(({ outcome }) => outcome))).toEqual(new Set(['skipped']));
  expect(await harness.runs('ticking')).toHaveLength(1);
  await harness.define('ticking', yamlOf('ticking'));
});
