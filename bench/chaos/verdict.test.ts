import { expect, test } from 'vitest';
import { verdictOf } from './verdict.ts';

test.each([
  ['exact', { differences: 0, kills: 60, killsWanted: 60 }],
  ['unfinished', { differences: 0, kills: 59, killsWanted: 60 }],
  ['different', { differences: 1, kills: 60, killsWanted: 60 }],
  ['different', { differences: 1, kills: 59, killsWanted: 60 }],
] as const)('a run is %s', (verdict, judged) => {
  expect(verdictOf(judged)).toBe(verdict);
});
