import { randomUUID } from 'node:crypto';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Harness, yamlOf } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
  for (const name of ['plain', 'twice', 'pair', 'queue', 'skipper', 'replacer', 'stopper', 'bad']) {
    await harness.define(name, yamlOf(name, '', 5));
  }
  // Two replicas all the time: nothing here may depend on being alone.
  await Promise.all([harness.start(), harness.start()]);
});
afterAll(() => harness[Symbol.asyncDispose]());

test('an empty command starts a run, whose first chunks become tasks by priority and limit', async () => {
  await harness.command('run', 'plain');

  const { outcome, run_id: run } = await harness.answer('plain');
  const tasks = await waitFor(
    async () => {
      const mine = (await harness.tasks()).filter(({ runId }) => runId === run);
      return mine.length === 2 ? mine : undefined;
    },
    { what: 'two tasks' },
  );

  expect(outcome).toBe('accepted');
  // Twice the concurrency of 1.
  expect(tasks.map(({ chunkId, attempt }) => [chunkId, attempt])).toEqual([
    [0, 1],
    [1, 1],
  ]);
  expect(tasks[0]).toMatchObject({ partition: { part: 0 }, page: { seq: 0 }, collector: 'plain' });
});

test('a chunk that ends lets the next one go, and the last one ends the run', async () => {
  const { run_id: run } = await harness.answer('plain');
  const id = run ?? '';

  await harness.finishChunk(id, 0, 'plain');
  await waitFor(async () => (await harness.chunks(id))[2]?.status === 'active', {
    what: 'the third chunk',
  });
  expect((await harness.chunks(id)).filter(({ status }) => status === 'active')).toHaveLength(2);
  await harness.finishRun(id, 'plain');

  expect(await harness.runs('plain')).toMatchObject([{ status: 'success' }]);
});

test('the same command twice gets one answer and one run', async () => {
  const commandId = randomUUID();

  await harness.command('run', 'twice', {}, commandId);
  await harness.answer('twice');
  await harness.command('run', 'twice', {}, commandId);
  await harness.command('run', 'twice', { commandId });
  await harness.command('run', 'twice', { overlap: 'skip' });
  await harness.answer('twice', 1);

  expect((await harness.answers('twice')).map(({ outcome }) => outcome)).toEqual([
    'accepted',
    'skipped',
  ]);
  expect(await harness.runs('twice')).toHaveLength(1);
});

test('two commands at once start one run, and the other one waits', async () => {
  await Promise.all([harness.command('run', 'pair'), harness.command('run', 'pair')]);
  await harness.answer('pair', 1);

  const outcomes = (await harness.answers('pair')).map(({ outcome }) => outcome);
  expect(outcomes.toSorted()).toEqual(['accepted', 'queued']);
  expect(await harness.runs('pair')).toHaveLength(1);
});

test('commands that come during a run wait as one run, which begins when it ends', async () => {
  await harness.command('run', 'queue');
  const first = await harness.answer('queue');
  await harness.command('run', 'queue');
  const second = await harness.answer('queue', 1);
  await harness.command('run', 'queue', { mode: 'full' });
  const third = await harness.answer('queue', 2);
  await harness.command('run', 'queue', { overlap: 'skip' });
  const fourth = await harness.answer('queue', 3);

  expect([second.outcome, third.outcome, fourth.outcome]).toEqual(['queued', 'queued', 'skipped']);
  expect(third.run_id).toBe(second.run_id);
  await harness.finishRun(first.run_id ?? '', 'queue');

  const runs = await waitFor(
    async () => {
      const all = await harness.runs('queue');
      return all.length === 2 ? all : undefined;
    },
    { what: 'the run that waited' },
  );
  expect(runs[1]).toMatchObject({ id: second.run_id, mode: 'full', status: 'running' });
  const outcomes = (await harness.answers('queue')).map(({ outcome }) => outcome);
  expect(outcomes).toEqual(['accepted', 'accepted', 'accepted', 'skipped']);
});

test('a live run and a backfill may be active at the same time', async () => {
  await harness.command('run', 'skipper');
  await harness.answer('skipper');
  await harness.command('run', 'skipper', { mode: 'backfill' });

  expect(await harness.answer('skipper', 1)).toMatchObject({ outcome: 'accepted' });
  const backfill = await waitFor(
    async () => {
      const tasks = await harness.tasks('EXTRACT_BACKFILL');
      return tasks.length === 2 ? tasks : undefined;
    },
    { what: 'tasks of the backfill' },
  );
  expect(backfill[0]?.runClass).toBe('backfill');
});

test('the policy cancel ends the active run in favour of the new one', async () => {
  await harness.command('run', 'replacer');
  await harness.answer('replacer');
  await harness.command('run', 'replacer', { overlap: 'cancel' });
  await harness.answer('replacer', 1);

  const runs = await harness.runs('replacer');
  expect(runs.map(({ status }) => status)).toEqual(['cancelled', 'running']);
});

describe('cancelling', () => {
  test('ends a run in the middle: what is done stays done, nothing else begins', async () => {
    await harness.command('run', 'stopper');
    const run = (await harness.answer('stopper')).run_id ?? '';
    await harness.finishChunk(run, 0, 'stopper');
    await harness.command('cancel', 'stopper', { runId: run });
    const answer = await harness.answer('stopper', 1);

    expect(answer).toMatchObject({ outcome: 'accepted', run_id: run });
    expect((await harness.chunks(run)).map(({ status }) => status)).toEqual([
      'done',
      'cancelled',
      'cancelled',
      'cancelled',
      'cancelled',
    ]);
    expect(await harness.runs('stopper')).toMatchObject([{ status: 'cancelled' }]);
  });

  test('is answered when there is nothing to cancel', async () => {
    await harness.command('cancel', 'stopper');
    expect(await harness.answer('stopper', 2)).toMatchObject({ outcome: 'skipped' });
    await harness.command('cancel', 'stopper', { runId: randomUUID() });
    expect(await harness.answer('stopper', 3)).toMatchObject({
      outcome: 'refused',
      reasons: [expect.stringMatching(/^RUN_UNKNOWN: /)],
    });
  });
});

test('what makes no sense is refused with its reasons, and the service goes on', async () => {
  const wrong: [string, string, object | string, RegExp[]][] = [
    ['run', 'nobody', {}, [/^COLLECTOR_UNKNOWN: .*"nobody"/]],
    ['run', 'bad', '{not json', [/^COMMAND_INVALID: .*not JSON/]],
    ['run', 'bad', '[]', [/^COMMAND_INVALID: /]],
    ['run', 'bad', { speed: 9, colour: 'red' }, [/speed: there is no such/, /colour: there is no/]],
    ['run', 'bad', { mode: 'turbo' }, [/^COMMAND_INVALID: mode: /]],
    ['run', 'bad', { partition: { part: 99 } }, [/^COMMAND_INVALID: no partition/]],
    ['run', 'bad', { window: { from: '2024-01-01' } }, [/^WINDOW_INVALID: /]],
    ['rewind', 'bad', {}, [/^COMMAND_INVALID: no verb "rewind"; there are run, plan, /]],
    ['run', 'bad', 'nul \u0000', [/^COMMAND_INVALID: /]],
  ];
  for (const [verb, collector, payload] of wrong) {
    await harness.command(verb, collector, payload, randomUUID());
  }
  await waitFor(
    async () =>
      (await harness.answers('bad')).length + (await harness.answers('nobody')).length === 9,
    { what: 'nine answers' },
  );

  const answers = [...(await harness.answers('bad')), ...(await harness.answers('nobody'))];
  expect(new Set(answers.map(({ outcome }) => outcome))).toEqual(new Set(['refused']));
  for (const [, , , patterns] of wrong) {
    const found = answers.some(({ reasons }) =>
      patterns.every((pattern) => reasons.some((text) => pattern.test(text))),
    );
    expect(found, String(patterns)).toBe(true);
  }
  expect(await harness.runs('bad')).toEqual([]);
  await harness.command('run', 'bad', { partition: { part: '3' } });
  expect(await harness.answer('bad', 8)).toMatchObject({ outcome: 'accepted' });
});
