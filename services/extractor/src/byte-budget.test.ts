import { expect, test } from 'vitest';
import { ByteBudget } from './byte-budget.ts';

const never = new AbortController().signal;

async function isHeldBack(share: Promise<unknown>): Promise<boolean> {
  const settled = share.then(() => 'in');
  return (await Promise.race([settled, Promise.resolve('waits')])) === 'waits';
}

test('shares are let in while they fit, the others in their order', async () => {
  const budget = new ByteBudget(10);
  const first = await budget.take(6, never);
  const second = budget.take(5, never);
  const third = budget.take(1, never);
  expect(await isHeldBack(second)).toBe(true);
  expect(await isHeldBack(third)).toBe(true);

  first[Symbol.dispose]();
  first[Symbol.dispose]();

  (await second)[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  expect(await isHeldBack(budget.take(11, never).then((share) => share[Symbol.dispose]()))).toBe(
    true,
  );
});

test('what is larger than the whole is let in alone', async () => {
  const budget = new ByteBudget(10);
  const large = await budget.take(100, never);
  const small = budget.take(1, never);

  expect(await isHeldBack(small)).toBe(true);
  large[Symbol.dispose]();
  (await small)[Symbol.dispose]();
});

test('whoever stops waiting holds up nobody', async () => {
  const budget = new ByteBudget(10);
  const first = await budget.take(5, never);
  const stop = new AbortController();
  const large = budget.take(8, stop.signal);
  const small = budget.take(5, never);

  stop.abort(new Error('stopped'));

  await expect(large).rejects.toThrow('stopped');
  await small;
  first[Symbol.dispose]();
});
