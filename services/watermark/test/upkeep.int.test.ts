import type { Service } from '@tidemark/runtime';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, yamlOf } from './harness.ts';

let harness: Harness;
let services: readonly Service[];
beforeAll(async () => {
  harness = await Harness.open();
  for (const name of ['edited', 'old']) await harness.define(name, yamlOf(name));
  services = await startTwo();
});
afterAll(() => harness[Symbol.asyncDispose]());

function startTwo(): Promise<readonly Service[]> {
  const settings = { TIDEMARK_RETENTION_DAYS: '2', TIDEMARK_RETENTION_EVERY_MS: '100' };
  return Promise.all([harness.start(settings), harness.start(settings)]);
}

/** A schedule with a tick some minutes ago, and none for most of an hour. */
const aWhileAgo = `schedule: { cron: '${new Date(Date.now() - 5 * 60_000).getUTCMinutes()} * * * *' }`;

/** Schedules have been looked at again and again since it was called. */
async function severalLooks(name: string): Promise<void> {
  await harness.define(name, yamlOf(name, "schedule: { cron: '* * * * * *' }"));
  await waitFor(async () => (await harness.answers(name)).length >= 3, { what: 'three ticks' });
  await harness.define(name, yamlOf(name));
}

const isRegistered = (name: string, column: string) =>
  waitFor(
    async () =>
      (
        await harness.pool.query(`select from tidemark.collectors where name = $1 and ${column}`, [
          name,
        ])
      ).rowCount,
    { what: `${name} to be registered` },
  );

const longAgo = (name: string) =>
  harness.pool.query(
    `update tidemark.collectors
        set registered_at = now() - interval '1 day', scheduled_at = now() - interval '1 day' where name = $1`,
    [name],
  );

test('a schedule that was edited does not fire a tick from before the edit', async () => {
  await isRegistered('edited', 'true');
  await longAgo('edited');

  await harness.define('edited', yamlOf('edited', aWhileAgo));
  await isRegistered('edited', `definition -> 'schedule' is not null`);
  await severalLooks('probe-a');

  expect(await harness.answers('edited')).toEqual([]);
});

test('a tick that was missed still fires when something else of the definition was edited', async () => {
  // While nobody looks: the tick would fire before the edit is seen.
  await Promise.all(services.map((service) => service[Symbol.asyncDispose]()));
  await longAgo('edited');

  await harness.define('edited', yamlOf('edited', `${aWhileAgo}\ndescription: edited`));
  await startTwo();

  expect(await harness.answer('edited')).toMatchObject({ outcome: 'accepted' });
});

test('what is older than it is kept for is removed by whoever is there', async () => {
  await harness.command('run', 'old');
  const run = (await harness.answer('old')).run_id ?? '';
  await harness.finishRun(run, 'old');
  expect(await harness.chunks(run)).toHaveLength(1);

  await harness.pool.query(
    `update tidemark.collector_runs set completed_at = now() - interval '49 hours' where id = $1`,
    [run],
  );

  await waitFor(async () => (await harness.chunks(run)).length === 0, { what: 'the chunks to go' });
  expect(await harness.runs('old')).toMatchObject([{ id: run, status: 'success' }]);
  await harness.command('retry', 'old', { parentRunId: run });
  expect(await harness.answer('old', 1)).toMatchObject({
    outcome: 'refused',
    reasons: [expect.stringContaining('not kept any more')],
  });
});
