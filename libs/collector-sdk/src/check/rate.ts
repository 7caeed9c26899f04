import { durationToMicros } from '../duration.ts';
import type { Mistake, Sections } from './mistake.ts';

type Rate = NonNullable<NonNullable<Sections['source']>['rate']>;

/** A rate is declared as a whole, and says what it can keep. */
export function checkRate({ source }: Sections): Mistake[] {
  const rate = source?.rate;
  if (!rate) return [];
  const mistakes = [...checkPair(rate), ...checkLengths(rate)];
  if (source.kind !== 'http' && (rate.headers !== undefined || rate.body !== undefined)) {
    mistakes.push({ path: 'source.rate', message: 'a database has no headers and no body' });
  }
  return mistakes;
}

function checkPair({ requests, per, burst }: Rate): Mistake[] {
  if (requests === undefined && per !== undefined) {
    return [{ path: 'source.rate.requests', message: 'is missing: `per` is declared' }];
  }
  if (requests !== undefined && per === undefined) {
    return [{ path: 'source.rate.per', message: 'is missing: `requests` is declared' }];
  }
  if (requests !== undefined || burst === 1) return [];
  const message = 'needs `requests` and `per`, which say how the bucket fills again';
  return [{ path: 'source.rate.burst', message }];
}

function checkLengths(rate: Rate): Mistake[] {
  return (['per', 'maxWait'] as const)
    .filter((name) => rate[name] !== undefined && durationToMicros(rate[name]) === 0n)
    .map((name) => ({ path: `source.rate.${name}`, message: 'must be longer than nothing' }));
}
