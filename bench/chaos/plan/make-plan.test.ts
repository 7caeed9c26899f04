import { expect, test } from 'vitest';
import { describeFault, type Fault, type Victim } from './fault.ts';
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

test('every process is killed, and every kind of fault happens', () => {
  const faults = makePlan(request).map(({ fault }) => fault);
  const killed = new Set(
    faults.flatMap((fault): Victim[] => (fault.kind === 'kill' ? [fault.victim] : [])),
  );

  expect(killed.size).toBe(9);
  expect(new Set(faults.map(({ kind }) => kind)).size).toBe(10);
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
