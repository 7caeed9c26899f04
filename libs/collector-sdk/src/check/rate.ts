import { durationToMicros } from '../duration.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently, inEach } from './readable.ts';

type Rate = NonNullable<NonNullable<Sections['source']>['rate']>;

/** A rate is declared as a whole, and says what it can keep. */
export function checkRate({ source }: Sections): Mistake[] {
  const rate = source?.rate;
  if (!rate) return [];
  return independently(
    () => checkPair(rate),
    () => inEach(['per', 'maxWait'], (name) => checkLength(rate, name)),
    () => (source.kind === 'http' ? [] : checkForeign(rate)),
  );
}

function checkForeign({ headers, body }: Rate): Mistake[] {
  if (headers === undefined && body === undefined) return [];
  return [{ path: 'source.rate', message: 'a database has no headers and no body' }];
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

function checkLength(rate: Rate, name: 'per' | 'maxWait'): Mistake[] {
  const length = rate[name];
  if (length === undefined || durationToMicros(length) !== 0n) return [];
  return [{ path: `source.rate.${name}`, message: 'must be longer than nothing' }];
}
