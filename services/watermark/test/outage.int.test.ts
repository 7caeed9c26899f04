import { randomUUID } from 'node:crypto';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, yamlOf } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
  for (const name of ['before', 'after']) await harness.define(name, yamlOf(name, '', 3));
  // A message that got lost between server and client comes back after this long; one that is held by a handler does not.
  const settings = { TIDEMARK_ACK_WAIT_MS: '3000' };
  await Promise.all([harness.start(settings), harness.start(settings)]);
});
afterAll(() => harness[Symbol.asyncDispose]());

test('commands are answered once each while connections to PostgreSQL break again and again', async () => {
  const ids = Array.from({ length: 20 }, () => randomUUID());
  for (const id of ids) {
    await harness.command('run', 'before', {}, id);
    await harness.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and application_name = 'tidemark-watermark'`,
    );
  }
  await harness.answer('before', ids.length - 1);

  const answers = await harness.answers('before');
  expect(answers.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
  expect(answers.filter(({ outcome }) => outcome === 'accepted')).toHaveLength(1);
  expect(answers.filter(({ outcome }) => outcome === 'queued')).toHaveLength(ids.length - 1);
  expect(await harness.runs('before')).toHaveLength(1);
});

test('after NATS was killed and came back, commands are answered and tasks published', async () => {
  await harness.nats.kill();
  await harness.nats.restart();
  await waitFor(() => harness.bus.isConnected(), { what: 'the connection of the test' });

  await waitFor(() => harness.command('run', 'after').then(() => true), { what: 'the publish' });
  const { run_id: run } = await harness.answer('after');

  await waitFor(async () => (await harness.tasks()).some(({ runId }) => runId === run), {
    what: 'the tasks',
  });
});
