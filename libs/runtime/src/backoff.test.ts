import { expect, test } from 'vitest';
import { backoffMs } from './backoff.ts';

test.each([
  { attempt: 1, random: 1, waitMs: 500 },
  { attempt: 1, random: 0, waitMs: 250 },
  { attempt: 2, random: 1, waitMs: 1_000 },
  { attempt: 6, random: 1, waitMs: 16_000 },
  { attempt: 7, random: 1, waitMs: 30_000 },
  { attempt: 7, random: 0, waitMs: 15_000 },
  { attempt: 5_000, random: 1, waitMs: 30_000 },
  { attempt: 0, random: 1, waitMs: 500 },
])('attempt $attempt with chance $random waits $waitMs ms', ({ attempt, random, waitMs }) => {
  expect(backoffMs(attempt, { random: () => random })).toBe(waitMs);
});

test('base and maximum can be chosen', () => {
  expect(backoffMs(3, { baseMs: 10, maxMs: 25, random: () => 1 })).toBe(25);
});
