import { expect, test } from 'vitest';
import { describeFault, replicas, squeezedStreams, troubles, type Fault } from './fault.ts';
import { makePlan } from './make-plan.ts';

const request = { seed: 7, kills: 200, minutes: 20 };

test('the same seed gives the same plan, another one another plan', () => {
  expect(makePlan(request)).toEqual(makePlan(request));
  expect(makePlan({ ...request, seed: 8 })).not.toEqual(makePlan(request));
});

test('a plan has as many kills as asked for and ends with the last one', () => {
  const faults = makePlan(request).map(({ fault }) => fault);

  expect(faults.filter(({ kind }) => kind === 'kill')).toHaveLength(200);
  expect(faults.at(-1)?.kind).toBe('kill');
});

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])('seed %i has everything that can go wrong', (seed) => {
  const faults = makePlan({ seed, kills: 200, minutes: 20 }).map(({ fault }) => fault);
  const seen = new Set(faults.flatMap(namesOf));

  expect([...expected].filter((name) => !seen.has(name))).toEqual([]);
});

const withDatabase = replicas.filter((replica) => replica !== 'transformer-1');
const expected = new Set([
  ...[...replicas, 'nats', 'postgres'].map((victim) => `kill ${victim}`),
  ...[...replicas, 'nats', 'postgres'].map((victim) => `freeze ${victim}`),
  ...replicas.map((replica) => `${replica} to nats`),
  ...withDatabase.map((replica) => `${replica} to database`),
  ...troubles.map((trouble) => `trouble ${trouble}`),
  ...squeezedStreams.map((stream) => `fill ${stream}`),
  'source',
  'ledger',
  'cut',
  'refuse',
  'hold',
  'delay',
  'copy under their ids',
  'copy under other ids',
  'redeliver after a refusal',
  'redeliver after a silence',
  'rewind',
]);

/** What a fault is, and what it strikes. */
function namesOf(fault: Fault): string[] {
  const { kind } = fault;
  switch (kind) {
    case 'kill':
      return [`kill ${fault.victim}`];
    case 'trouble':
      return [`trouble ${fault.trouble}`];
    case 'copy':
      return [`copy under ${fault.under}`];
    case 'redeliver':
      return [`redeliver after ${fault.after}`];
    case 'cut':
    case 'refuse':
    case 'hold':
    case 'delay': {
      const { line } = fault;
      return [kind, typeof line === 'string' ? line : `${line.of} to ${line.to}`];
    }
    case 'freeze':
      return [`freeze ${fault.victim}`];
    case 'fill':
      return [`fill ${fault.stream}`];
    case 'rewind':
      return [kind];
  }
}

test('what is frozen stays so for longer than messages and idle transactions are kept', () => {
  const faults = makePlan(request).flatMap(({ fault }) => (fault.kind === 'freeze' ? fault : []));

  expect(Math.min(...faults.map(({ forMs }) => forMs))).toBeGreaterThan(2_000);
});

test.each([
  { kills: 200, minutes: 20 },
  { kills: 200, minutes: 2 },
  { kills: 10, minutes: 1 },
])('$kills kills in $minutes minutes leave time to come to rest', ({ kills, minutes }) => {
  for (const seed of [1, 2, 3, 4, 5]) {
    const tookMs = makePlan({ seed, kills, minutes }).reduce((sum, step) => sum + step.afterMs, 0);
    expect(tookMs).toBeLessThan(minutes * 60_000);
  }
});

test('each fault is said in words that name its target', () => {
  const faults: Fault[] = [
    { kind: 'kill', victim: 'nats' },
    { kind: 'cut', line: { of: 'loader-1', to: 'database' } },
    { kind: 'trouble', trouble: 'half a body', forMs: 300 },
  ];

  expect(faults.map(describeFault)).toEqual([
    'kill -9 nats',
    'cut loader-1 to database',
    'source: half a body for 300 ms',
  ]);
});
