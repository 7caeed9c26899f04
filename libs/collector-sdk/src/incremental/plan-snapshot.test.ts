import { describe, expect, test } from 'vitest';
import { defineCollector } from '../define.ts';
import type { DefinitionInput } from '../definition/definition.ts';
import type { PlanRequest } from './plan.ts';
import { planRun } from './plan-run.ts';

function plan(
  incremental: object,
  request: Partial<PlanRequest> = {},
  { isTargetEmpty = false, partitions = undefined as object | undefined } = {},
) {
  const definition = defineCollector({
    name: 'cities',
    source: { name: 'src', baseUrl: 'https://example.org' },
    request: { path: '/cities' },
    ...(partitions && { partitions }),
    incremental: { kind: 'snapshot', ...incremental },
    target: {
      kind: 'table',
      table: 'cities',
      key: ['id'],
      fields: { id: { type: 'bigint' }, land: { type: 'text' } },
    },
  } as unknown as DefinitionInput);
  return planRun({
    definition,
    request: { mode: 'incremental', ...request },
    states: new Map(),
    nowUs: '1700000000000000',
    isTargetEmpty,
  });
}

test('a snapshot reads everything and deletes what vanished', () => {
  const { chunks, sweep } = plan({ maxDeletedShare: 0.25 });

  expect(chunks).toHaveLength(1);
  expect(sweep).toEqual({ deletions: 'mark', maxDeletedShare: 0.25, scope: [] });
});

describe('nothing is deleted', () => {
  test.each([
    ['when deletions are ignored', { deletions: 'ignore' }, {}, {}],
    ['by a backfill', {}, { mode: 'backfill' as const }, {}],
    ['in an empty target', {}, {}, { isTargetEmpty: true }],
  ])('%s', (_name, incremental, request, more) => {
    expect(plan(incremental, request, more).sweep).toBeNull();
  });

  test('when partitions are left out', () => {
    const partitions = [{ country: 'BR' }, { country: 'PT' }];
    const scope = { country: 'land' };

    expect(plan({ scope }, { partition: { country: 'BR' } }, { partitions }).sweep).toBeNull();
    expect(plan({ scope }, {}, { partitions }).sweep).toMatchObject({
      scope: [{ land: 'BR' }, { land: 'PT' }],
    });
  });
});

test('a snapshot has no window', () => {
  expect(() => plan({}, { window: { to: '2024-01-01' } })).toThrow(
    expect.objectContaining({ code: 'WINDOW_INVALID' }),
  );
});
