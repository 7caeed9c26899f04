import { expect, test } from 'vitest';
import { Rate } from '../definition/rate.ts';
import { spacingOf } from './spacing.ts';

test.each([
  [
    { requests: 50, per: '5s' },
    { interval: 103_000n, slack: 50_000n, bear: 100_000n },
  ],
  [
    { requests: 1, per: '1s' },
    { interval: 1_030_000n, slack: 10_000n, bear: 20_000n },
  ],
  [
    { requests: 5_000, per: '1h' },
    { interval: 720_060n, slack: 100_000n, bear: 200_000n },
  ],
  [
    { requests: 10, per: '1s', burst: 5 },
    { interval: 103_000n, slack: 422_000n, bear: 20_000n },
  ],
])('%j', (declared, { interval, slack, bear }) => {
  expect(spacingOf(Rate.parse(declared))).toEqual({
    intervalMicros: interval,
    slackMicros: slack,
    bearMicros: bear,
  });
});

test('what is caught up and what is late on its way fit into the window together', () => {
  for (const [requests, seconds] of [
    [50, 5],
    [600, 60],
    [3, 1],
  ] as const) {
    const spacing = spacingOf(Rate.parse({ requests, per: `${seconds}s` }));
    // A request early by all of the slack, and the one a window later late by all it may be.
    const apart = BigInt(requests) * (spacing?.intervalMicros ?? 0n);
    const lost = (spacing?.slackMicros ?? 0n) + (spacing?.bearMicros ?? 0n);
    expect(apart - lost).toBeGreaterThanOrEqual(BigInt(seconds) * 1_000_000n - BigInt(requests));
  }
});

test('a rate of which only the answers tell is not spaced', () => {
  expect(spacingOf(Rate.parse({ reserve: 0.2 }))).toBeUndefined();
});
