import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { answerInTime } from './answer-in-time.ts';
import { whyUnreachable } from './translate-error.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test('a server that is silent is told as that, before a probe gives up', async () => {
  const reason = answerInTime(new Promise(() => undefined)).catch(whyUnreachable);

  await vi.advanceTimersByTimeAsync(1_999);

  await expect(reason).resolves.toBe('PostgreSQL does not answer');
});

test('an answer is passed on, a refusal too, and no timer stays', async () => {
  await expect(answerInTime(Promise.resolve(1))).resolves.toBe(1);
  await expect(answerInTime(Promise.reject(new Error('no')))).rejects.toThrow('no');

  expect(vi.getTimerCount()).toBe(0);
});
