import { expect, test } from 'vitest';
import { showDuration, showInstant } from './show.ts';

test.each([
  [0.04, '0.0 s'],
  [9.94, '9.9 s'],
  [12.4, '12 s'],
  [60, '1 min'],
  [61.2, '1 min 1 s'],
  [3_600, '1 h'],
  [90_000, '1 d 1 h'],
  [86_399, '23 h 59 min'],
])('%d seconds are shown as %s', (seconds, text) => {
  expect(showDuration(seconds)).toBe(text);
});

test.each([
  [null, '–'],
  ['2026-01-02T03:04:05.678Z', '2026-01-02 03:04:05Z'],
  ['2005', '2005'],
])('the mark %s is shown as %s', (iso, text) => {
  expect(showInstant(iso)).toBe(text);
});
