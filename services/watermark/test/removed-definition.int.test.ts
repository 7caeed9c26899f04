import { rm } from 'node:fs/promises';
import { waitFor } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { Harness, yamlOf } from './harness.ts';

test('a definition that was removed while no watermark service ran is retired at the next start', async () => {
  await using harness = await Harness.open();
  await harness.define('brief', yamlOf('brief'));
  await harness.define('other', yamlOf('other'));
  const first = await harness.start();
  await first[Symbol.asyncDispose]();
  await rm(`${harness.folder}/brief.yaml`);

  await harness.start();

  const states = await waitFor(
    async () => {
      const { rows } = await harness.pool.query<{ name: string; status: string; origin: string }>(
        'select name, status, origin from tidemark.collectors order by name',
      );
      return rows[0]?.status === 'invalid' ? rows : undefined;
    },
    { what: 'the removed definition to be retired' },
  );
  expect(states).toEqual([
    { name: 'brief', status: 'invalid', origin: 'brief.yaml' },
    { name: 'other', status: 'ready', origin: 'other.yaml' },
  ]);
});
