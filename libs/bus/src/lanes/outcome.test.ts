import { TerminalError, TransientError } from '@tidemark/runtime';
import { expect, test } from 'vitest';
import { outcomeOf, type Situation } from './outcome.ts';

const usual: Situation = {
  phase: 'handling',
  attempt: 1,
  deliveries: 1,
  isStopping: false,
  random: () => 1,
};
const ending: Situation = { ...usual, phase: 'ending' };
const stopping: Situation = { ...usual, isStopping: true };

const away = new TransientError('DATABASE_UNAVAILABLE', 'away');
const throttled = new TransientError('SOURCE_THROTTLED', 'wait', { retryAfterMs: 61_000 });
const invalid = new TerminalError('MESSAGE_INVALID', 'no');
const bug = new TypeError('x is undefined');
const abort = new DOMException('stopped', 'AbortError');

test.each([
  { error: away, in: usual, means: { kind: 'wait', delayMs: 500, error: away } },
  {
    error: away,
    in: { ...usual, attempt: 3 },
    means: { kind: 'wait', delayMs: 2_000, error: away },
  },
  {
    error: away,
    in: { ...usual, deliveries: 9 },
    means: { kind: 'wait', delayMs: 500, error: away },
  },
  { error: throttled, in: usual, means: { kind: 'wait', delayMs: 61_000, error: throttled } },
  { error: invalid, in: usual, means: { kind: 'end', error: invalid } },
  { error: bug, in: usual, means: { kind: 'again', delayMs: 500, error: bug } },
  {
    error: bug,
    in: { ...usual, deliveries: 4 },
    means: { kind: 'again', delayMs: 4_000, error: bug },
  },
  { error: 'a text', in: usual, means: { kind: 'again', delayMs: 500, error: 'a text' } },
  { error: abort, in: usual, means: { kind: 'again', delayMs: 500, error: abort } },
  { error: away, in: ending, means: { kind: 'wait', delayMs: 500, error: away } },
  { error: invalid, in: ending, means: { kind: 'again', delayMs: 500, error: invalid } },
  { error: abort, in: stopping, means: { kind: 'release' } },
  { error: away, in: stopping, means: { kind: 'release' } },
  { error: invalid, in: stopping, means: { kind: 'end', error: invalid } },
  { error: bug, in: stopping, means: { kind: 'again', delayMs: 500, error: bug } },
])('$error in $in.phase, stopping: $in.isStopping, means $means.kind', (row) => {
  expect(outcomeOf(row.error, row.in)).toEqual(row.means);
});
