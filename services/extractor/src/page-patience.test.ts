import { expect, test } from 'vitest';
import { PagePatience } from './page-patience.ts';

const limits = { attempts: 3, retryDelayMs: 1_000 };
const failure = { code: 'SOURCE_UNAVAILABLE', reason: 'x', again: 'counted' } as const;
const throttle = { code: 'SOURCE_THROTTLED', reason: 'x', again: 'uncounted' } as const;

test('failures wait longer and longer, until no try is left', () => {
  const patience = new PagePatience({ random: () => 1 });

  expect([1, 2, 3].map(() => patience.refused(failure, limits))).toEqual([1_000, 2_000, undefined]);
});

test('what asking again cannot cure has no second try', () => {
  expect(new PagePatience().refused({ ...failure, again: 'no' }, limits)).toBeUndefined();
});

test('a rate limit is never a try, and waits for a minute at most unless the source says more', () => {
  const patience = new PagePatience({ random: () => 1 });

  const delays = Array.from({ length: 20 }, () => patience.refused(throttle, limits));

  expect(delays.at(-1)).toBe(60_000);
  expect(patience.refused({ ...throttle, pauseMs: 90_000 }, limits)).toBe(90_000);
});

test('a booked slot is used once', () => {
  const patience = new PagePatience();
  const booking = { dueMs: 1, askedAtUs: () => '1', budget: undefined, lateMs: 9 };

  patience.book(booking);

  expect(patience.takeBooking()).toBe(booking);
  expect(patience.takeBooking()).toBeUndefined();
});

test('a limit of waiting counts from the first wait of the page', () => {
  let nowMs = 0;
  const patience = new PagePatience({ nowMs: () => nowMs });

  expect(patience.mayWait(900, 1_000)).toBe(true);
  nowMs = 900;
  expect(patience.mayWait(100, 1_000)).toBe(true);
  expect(patience.mayWait(101, 1_000)).toBe(false);
  expect(patience.mayWait(1e9, undefined)).toBe(true);
});

test('a fresh token is tried at once, further ones more slowly, and as many as there are tries', () => {
  const patience = new PagePatience({ random: () => 1 });
  const limits = { attempts: 3, retryDelayMs: 100 };

  const waits = Array.from({ length: 4 }, () => patience.renewed(limits));

  expect(waits).toEqual([0, 100, 200, undefined]);
});

test('a page that waited in a process before this one has less left', () => {
  const patience = new PagePatience({ nowMs: () => 5_000, waitedMs: 800 });

  expect(patience.mayWait(200, 1_000)).toBe(true);
  expect(patience.mayWait(201, 1_000)).toBe(false);
});
