import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Harness, yamlOf } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
});
afterAll(() => harness[Symbol.asyncDispose]());

test('ticks that nobody was there for make one run, whoever comes back first', async () => {
  await harness.define('daily', yamlOf('daily', "schedule: { cron: '0 0 * * *' }"));
  const first = await harness.start({ TIDEMARK_SCHEDULE_LOOKBACK_MS: '1' });
  const registered = async (): Promise<boolean> => {
    const { rowCount } = await harness.pool.query(
      `select from tidemark.collectors where name = 'daily' and status = 'ready'`,
    );
    return rowCount === 1;
  };
  await waitFor(registered, { what: 'the collector' });
  await first[Symbol.asyncDispose]();
  expect(await harness.runs('daily')).toEqual([]);
  // Nobody has looked for three days, so three ticks were missed.
  await harness.pool.query(
    `update tidemark.collectors set scheduled_at = clock_timestamp() - interval '3 days'`,
  );

  const settings = { TIDEMARK_SCHEDULE_LOOKBACK_MS: String(7 * 86_400_000) };
  await Promise.all([harness.start(settings), harness.start(settings), harness.start(settings)]);
  const answer = await harness.answer('daily');
  // A probe whose schedule fires each second shows that all ticks were looked at again since.
  await harness.define('probe', yamlOf('probe', "schedule: { cron: '* * * * * *' }"));
  await waitFor(async () => (await harness.answers('probe')).length >= 2, { what: 'later ticks' });

  expect(answer).toMatchObject({ outcome: 'accepted' });
  expect(await harness.answers('daily')).toHaveLength(1);
  expect(await harness.runs('daily')).toMatchObject([{ id: answer.run_id, status: 'running' }]);
});
