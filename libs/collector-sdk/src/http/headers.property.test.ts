import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readRateHeaders } from '../rate/read-rate-headers.ts';
import { retryAfterMs, sourceClockUs } from './retry-after.ts';

/** Any UTF-16 at all, halves of pairs included. */
const anyText = fc
  .array(fc.nat(0xffff), { maxLength: 30 })
  .map((codes) => String.fromCharCode(...codes));

const nowMs = Date.parse('2026-01-01T00:00:00Z');

/** What sources write into headers, and what they would not. */
const value = fc.oneof(
  anyText,
  fc.stringMatching(/^[-+]?\d{0,25}(\.\d{0,5})?(e\d{1,4})?$/),
  fc.date({ noInvalidDate: true }).map((date) => date.toUTCString()),
  fc.constantFrom('', ' ', '0', '-1', '1e999', 'NaN', 'Infinity', 'null', '1,2', '1, 1;w=60'),
);

const isPause = (ms: number | undefined): boolean =>
  ms === undefined || (Number.isFinite(ms) && ms >= 0);

test('seconds and dates say the same pause', () => {
  fc.assert(
    fc.property(fc.nat(10_000_000), (seconds) => {
      const date = new Date(nowMs + seconds * 1_000).toUTCString();
      expect(retryAfterMs(String(seconds), nowMs)).toBe(seconds * 1_000);
      expect(retryAfterMs(date, nowMs)).toBe(seconds * 1_000);
    }),
  );
});

test('any Retry-After is a pause of some length, or none', () => {
  fc.assert(fc.property(value, (header) => isPause(retryAfterMs(header, nowMs))));
});

test('any Date and Age are a moment or none', () => {
  fc.assert(
    fc.property(value, fc.option(value, { nil: undefined }), (date, age) => {
      const clock = sourceClockUs(date, age);
      expect(['bigint', 'undefined']).toContain(typeof clock);
    }),
  );
});

test('any headers of a quota tell numbers that can be reckoned with, or nothing', () => {
  const name = fc.constantFrom(
    'ratelimit-remaining',
    'ratelimit-reset',
    'ratelimit-limit',
    'x-ratelimit-remaining',
    'x-ratelimit-reset',
    'x-rate-limit-limit',
    'ratelimit',
  );
  const combined = fc.stringMatching(
    /^("[a-z]{1,3}")?;?(r|remaining)= ?\d{0,20}[;,] ?(t|reset)=\d{0,20}$/,
  );
  fc.assert(
    fc.property(fc.dictionary(name, fc.oneof(value, combined)), (headers) => {
      const told = readRateHeaders(headers, nowMs);
      if (!told) return;
      expect(told.remaining).toBeGreaterThanOrEqual(0);
      expect(isPause(told.resetsInMs)).toBe(true);
      expect(told.resetsInMs).toBeLessThanOrEqual(31 * 86_400_000);
      expect(Number.isFinite(told.limit ?? 0)).toBe(true);
    }),
    { numRuns: 500 },
  );
});
