import { expect, test } from 'vitest';
import { eachByItself } from './each-by-itself.ts';

test('one that fails keeps no other from its turn, and its error is told', async () => {
  const done: number[] = [];

  const all = eachByItself([1, 2, 3], async (item) => {
    if (item < 3) throw new Error(`no ${item}`);
    done.push(item);
  });

  await expect(all).rejects.toThrow('no 1');
  expect(done).toEqual([3]);
});
