import { expect, test } from 'vitest';
import { UsageError } from './cli-io.ts';
import { readPartition } from './read-partition.ts';

test('without pairs there is no partition', () => {
  expect(readPartition([])).toBeUndefined();
});

test.each([
  ['indicator=SP.POP.TOTL', { indicator: 'SP.POP.TOTL' }],
  ['season=2024', { season: 2024 }],
  ['season="2024"', { season: '2024' }],
  ['code=007', { code: '007' }],
  ['active=true', { active: true }],
  ['id=12345678901234567890', { id: '12345678901234567890' }],
  ['formula=a=b', { formula: 'a=b' }],
  ['empty=', { empty: '' }],
  ['odd="a', { odd: '"a' }],
])('%s is read as JSON where it is JSON, else as text', (pair, partition) => {
  expect(readPartition([pair])).toEqual(partition);
});

test('several pairs make one partition', () => {
  expect(readPartition(['league=BL', 'season=2024'])).toEqual({ league: 'BL', season: 2024 });
});

test.each(['indicator', '=x'])('%s is wrong usage', (pair) => {
  expect(() => readPartition([pair])).toThrow(UsageError);
});
