import { describe, expect, test } from 'vitest';
import { defineCollector } from '../define.ts';
import { Partitions } from '../definition/partitions.ts';
import type { DefinitionInput } from '../definition/definition.ts';
import { combinePartitions, listPartitions, partitionKeys } from './partitions.ts';
import { planRun } from './plan-run.ts';

function setOf(value: object) {
  const partitions = Partitions.parse(value);
  if (Array.isArray(partitions)) throw new Error('a set is meant');
  return partitions;
}

describe('a product', () => {
  test('has every value with every other one', () => {
    const partitions = setOf({ product: { league: [8, 9], season: ['a', 'b'] } });

    expect(listPartitions({ partitions })).toEqual([
      { league: 8, season: 'a' },
      { league: 8, season: 'b' },
      { league: 9, season: 'a' },
      { league: 9, season: 'b' },
    ]);
    expect(partitionKeys({ partitions })).toEqual(['league', 'season']);
  });

  test('is taken of rows that were found, lists and values; rows lead', () => {
    const set = setOf({
      query: 'select 1',
      keys: ['league'],
      list: [{ kind: 'x' }],
      product: { year: [1, 2] },
    });

    expect(combinePartitions(set, [[{ league: 8 }, { league: 9 }, { league: 8 }]])).toEqual([
      { league: 8, kind: 'x', year: 1 },
      { league: 8, kind: 'x', year: 2 },
      { league: 9, kind: 'x', year: 1 },
      { league: 9, kind: 'x', year: 2 },
    ]);
    expect(listPartitions({ partitions: set })).toBeUndefined();
    expect(partitionKeys({ partitions: set })).toEqual(['kind', 'year', 'league']);
  });

  test('with nothing is nothing', () => {
    const set = setOf({ query: 'select 1', keys: ['a'], product: { b: [1] } });

    expect(combinePartitions(set, [[]])).toEqual([]);
  });

  test('comes newest first when asked to', () => {
    const partitions = setOf({ product: { year: [2022, 2023, 2024] }, newestFirst: true });

    expect(listPartitions({ partitions })).toEqual([
      { year: 2024 },
      { year: 2023 },
      { year: 2022 },
    ]);
  });
});

test('chunks of partitions with an order are released partition by partition, each the newest first', () => {
  const definition = defineCollector({
    name: 'things',
    source: { name: 'src', baseUrl: 'https://example.org' },
    partitions: { product: { shop: ['a', 'b'] }, newestFirst: true },
    request: { path: '/{shop}' },
    incremental: { kind: 'periods', unit: 'year', from: '2021', to: '2023', perChunk: 1 },
    target: { kind: 'table', table: 't', key: ['id'], fields: { id: { type: 'bigint' } } },
  } as unknown as DefinitionInput);

  const { chunks } = planRun({
    definition,
    request: { mode: 'full' },
    states: new Map(),
    nowUs: '1700000000000000',
    isTargetEmpty: false,
  });

  const order = chunks
    .toSorted((a, b) => b.priority - a.priority)
    .map(({ partition, items }) => `${partition['shop']} ${items[0]}`);
  expect(order).toEqual(['b 2023', 'b 2022', 'b 2021', 'a 2023', 'a 2022', 'a 2021']);
  expect(new Set(chunks.map(({ chunkId }) => chunkId)).size).toBe(6);
});
