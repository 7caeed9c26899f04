import { randomUUID } from 'node:crypto';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, yamlOf } from './harness.ts';

let harness: Harness;

beforeAll(async () => {
  harness = await Harness.open();
  await harness.define('things', yamlOf('things'));
  await harness.start();
  await harness.command('run', 'things');
  const { run_id: run } = await harness.answer('things');
  await harness.finishRun(run ?? '', 'things');
});

afterAll(() => harness[Symbol.asyncDispose]());

/** Puts a dead letter of the first run's chunk there, as the loader does; answers its number. */
async function aLetter(payload: string, more: { kind?: string; chunk?: number } = {}) {
  const [run] = await harness.runs('things');
  const { rows } = await harness.pool.query<{ id: string }>(
    `insert into tidemark.dead_letters (collector_name, run_id, chunk_id, seq, digest, part, kind, position, code, reason, payload, created_at)
     values ('things', $1, $2, 0, '0000000000000000', 0, $3, 0, 'RECORD_INVALID', 'no', $4, date_trunc('day', clock_timestamp())) returning id`,
    [run?.id, more.chunk ?? 0, more.kind ?? 'record', payload],
  );
  return rows[0]?.id ?? '';
}

async function letter(id: string) {
  const { rows } = await harness.pool.query(
    'select status, replay_run_id, replays, payload, original_payload, note from tidemark.dead_letters where id = $1',
    [id],
  );
  return rows[0] as Record<string, unknown> | undefined;
}

/** Sends a command and gives its answer. */
async function ask(verb: string, payload: object) {
  const id = randomUUID();
  await harness.command(verb, 'things', payload, id);
  return waitFor(async () => (await harness.answers('things')).find((each) => each.id === id), {
    what: `the answer to ${verb}`,
  });
}

test('a replay takes its letters, publishes them as they are, and gives them back when it is cancelled', async () => {
  const [first, second] = [await aLetter('{"id":1.10}'), await aLetter('{ "id": 2 }')];

  const { outcome, run_id: run } = await ask('replay', { letters: [first, second] });
  expect(outcome).toBe('accepted');
  const message = await waitFor(
    () =>
      harness.bus.jsm.streams.getMessage('RAW_LIVE', {
        last_by_subj: `tidemark.raw.live.things.${run}`,
      }),
    { what: 'the letters on their way' },
  );
  expect(message?.string()).toBe('[{"id":1.10},{ "id": 2 }]');
  expect(message?.header.get('Tidemark-Records')).toBe('2');
  expect(await letter(first)).toMatchObject({
    status: 'replaying',
    replay_run_id: run,
    replays: 1,
  });
  const again = await ask('replay', { letters: [first] });
  expect(again).toMatchObject({
    outcome: 'refused',
    reasons: [expect.stringMatching(/replaying/)],
  });

  expect(await ask('cancel', { runId: run })).toMatchObject({ outcome: 'accepted' });
  expect(await letter(first)).toMatchObject({ status: 'open', replays: 1 });
  expect(await letter(second)).toMatchObject({ status: 'open', replays: 1 });
});

test('what cannot be replayed is refused, each with its reason, and nothing is taken', async () => {
  const [good, cut, lost] = [
    await aLetter('{"id":3}'),
    await aLetter('{"id":4,"te'),
    await aLetter('{}', { chunk: 99 }),
  ];
  const row = await aLetter('{"id":"5","gone":"x"}', { kind: 'row' });

  const { outcome, reasons } = await ask('replay', { letters: [good, cut, lost, row, '999999'] });

  expect(outcome).toBe('refused');
  const said = reasons.join('\n');
  expect(said).toMatch(new RegExp(`${cut} holds no JSON`));
  expect(said).toMatch(new RegExp(`${lost} is of a chunk that is so old`));
  expect(said).toMatch(new RegExp(`${row} has a column gone`));
  expect(said).toMatch(/999999 is not there/);
  expect(said).not.toMatch(new RegExp(`\\b${good} `));
  expect(await letter(good)).toMatchObject({ status: 'open', replays: 0 });
});

test('an edit keeps what came, also at the second time, and is of records only', async () => {
  const id = await aLetter('{"id":"x"}');

  expect(await ask('edit', { letter: id, payload: '{"id":6}' })).toMatchObject({
    outcome: 'accepted',
  });
  expect(await ask('edit', { letter: id, payload: '{"id":7}' })).toMatchObject({
    outcome: 'accepted',
  });
  expect(await ask('edit', { letter: id, payload: '{"id":' })).toMatchObject({
    outcome: 'refused',
  });
  expect(await ask('edit', { letter: id, payload: '[1]' })).toMatchObject({ outcome: 'refused' });
  const page = await aLetter('gateway', { kind: 'page' });
  expect(await ask('edit', { letter: page, payload: '{}' })).toMatchObject({ outcome: 'refused' });

  expect(await letter(id)).toMatchObject({ payload: '{"id":7}', original_payload: '{"id":"x"}' });
});

test('what is discarded is all of what was named, or nothing', async () => {
  const [one, other] = [await aLetter('{}'), await aLetter('{}')];

  const wrong = await ask('discard', { letters: [one, '999999'], reason: 'sold out' });
  expect(wrong).toMatchObject({ outcome: 'refused', reasons: [expect.stringMatching(/999999/)] });
  expect(await letter(one)).toMatchObject({ status: 'open' });
  expect(await ask('discard', { letters: [one, other], reason: 'sold out' })).toMatchObject({
    outcome: 'accepted',
  });
  expect(await letter(other)).toMatchObject({ status: 'discarded', note: 'sold out' });
  expect(await ask('replay', { letters: [other] })).toMatchObject({ outcome: 'refused' });
});

test('a page is read again: its failed chunk is taken up, under its number', async () => {
  await harness.command('run', 'things', { mode: 'full' });
  const run = await waitFor(
    async () =>
      (await harness.runs('things')).find(
        ({ status, mode }) => status === 'running' && mode === 'full',
      ),
    { what: 'another run' },
  );
  await harness.pool.query(`select tidemark.end_chunk($1, 0, 'failed', 'SOURCE_REJECTED', 'no')`, [
    run.id,
  ]);
  const { rows } = await harness.pool.query<{ id: string }>(
    `insert into tidemark.dead_letters (collector_name, run_id, chunk_id, seq, kind, code, reason, payload)
     values ('things', $1, 0, 0, 'page', 'SOURCE_REJECTED', 'no', 'an answer') returning id`,
    [run.id],
  );
  const id = rows[0]?.id ?? '';

  const { run_id: replay } = await ask('replay', { ofRun: run.id });

  const task = await waitFor(
    async () => (await harness.tasks()).find(({ runId }) => runId === replay),
    { what: 'the task that reads the page again' },
  );
  expect(task).toMatchObject({ chunkId: 0, page: { seq: 0 } });
  expect(await harness.chunks(replay ?? '')).toMatchObject([{ chunk_id: 0, status: 'active' }]);
  await harness.finishRun(replay ?? '', 'things');
  expect(await letter(id)).toMatchObject({ status: 'replayed' });
});
