import { describe, expect, test } from 'vitest';
import {
  commandSubject,
  eventSubject,
  parseCommandSubject,
  parseWorkSubject,
  runFilter,
  workSubject,
} from './subjects.ts';

const runId = '0f4d1c1e-5e0a-4b6e-9d8e-3f1f0e8d2a11';

describe('subjects', () => {
  test('a work subject is read back as it was written', () => {
    const subject = { stage: 'raw', runClass: 'live', collector: 'world-bank', runId } as const;

    expect(parseWorkSubject(workSubject(subject))).toEqual(subject);
  });

  test.each([
    ['another root', `other.raw.live.world-bank.${runId}`],
    ['an unknown stage', `tidemark.cook.live.world-bank.${runId}`],
    ['an unknown class', `tidemark.raw.slow.world-bank.${runId}`],
    ['a token too many', `tidemark.raw.live.world-bank.${runId}.x`],
    ['a token too few', 'tidemark.raw.live.world-bank'],
  ])('%s is not a work subject', (_what, text) => {
    expect(parseWorkSubject(text)).toBeUndefined();
  });

  test('a command subject gives its verb and its collector, whatever they are', () => {
    expect(parseCommandSubject(commandSubject('run', 'world-bank'))).toEqual({
      verb: 'run',
      collector: 'world-bank',
    });
    expect(parseCommandSubject('tidemark.command.dance.x')).toEqual({
      verb: 'dance',
      collector: 'x',
    });
    expect(parseCommandSubject('tidemark.command.run')).toBeUndefined();
  });

  test('events and run filters have the words of the design', () => {
    expect(eventSubject('chunk', 'world-bank')).toBe('tidemark.event.chunk.world-bank');
    expect(runFilter('load', runId)).toBe(`tidemark.load.*.*.${runId}`);
  });
});
