import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { ByteBudget } from './byte-budget.ts';

const never = new AbortController().signal;

async function isHeldBack(share: Promise<unknown>): Promise<boolean> {
  let isIn = false;
  void share.then(() => {
    isIn = true;
  });
  await setImmediate();
  return !isIn;
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

  expect(await isHeldBack(second)).toBe(false);
  expect(await isHeldBack(third)).toBe(false);
});

test('what is larger than the whole is let in alone', async () => {
  const budget = new ByteBudget(10);
  const large = await budget.take(100, never);
  const small = budget.take(1, never);
  const another = budget.take(100, never);

  expect(await isHeldBack(small)).toBe(true);
  large[Symbol.dispose]();
  expect(await isHeldBack(small)).toBe(false);
  expect(await isHeldBack(another)).toBe(true);
  (await small)[Symbol.dispose]();
  expect(await isHeldBack(another)).toBe(false);
});

test('whoever stops waiting holds up nobody', async () => {
  const budget = new ByteBudget(10);
  const first = await budget.take(5, never);
  const stop = new AbortController();
  const large = budget.take(8, stop.signal);
  const small = budget.take(5, never);

  stop.abort(new Error('stopped'));

  await expect(large).rejects.toThrow('stopped');
  expect(await isHeldBack(small)).toBe(false);
  first[Symbol.dispose]();
});
