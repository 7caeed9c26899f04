import { describe, expect, test } from 'vitest';
import { HttpRequest } from '../definition/request.ts';
import { shapeRecords } from './shape-records.ts';

const requestOf = (input: object) => HttpRequest.parse({ path: '/', ...input });
const columns = requestOf({ records: 'hourly', shape: 'columns' });

describe('columns', () => {
  test.each([
    [
      { hourly: { time: [1, 2], t: [0.5, null] } },
      [
        { time: 1, t: 0.5 },
        { time: 2, t: null },
      ],
    ],
    [{ hourly: { time: [] } }, []],
    [{ hourly: {} }, []],
    [{ hourly: null }, []],
  ])('%j are the records %j', (answer, records) => {
    expect(shapeRecords(columns, answer, {})).toEqual(records);
  });

  test.each([
    [{ hourly: { time: [1, 2], t: [1] } }, '2 values in "time", 1 in "t"'],
    [{ hourly: { time: [1], t: 5 } }, '"t" at hourly is no array'],
    [{ hourly: [1] }, 'no columns'],
    [{}, 'no records'],
  ])('%j are refused', (answer, reason) => {
    expect(() => shapeRecords(columns, answer, {})).toThrow(reason);
  });
});

describe('what is attached', () => {
  const request = requestOf({
    records: 'data',
    attach: { site: { partition: 'site' }, grid: { at: 'meta.grid' }, none: { at: 'nowhere' } },
  });

  test('every record has it, from the partition and from around the records', () => {
    const answer = { meta: { grid: [1, 2] }, data: [{ id: 1 }, { id: 2, site: 'own' }] };

    expect(shapeRecords(request, answer, { site: 'north' })).toEqual([
      { id: 1, site: 'north', grid: [1, 2], none: null },
      { id: 2, site: 'north', grid: [1, 2], none: null },
    ]);
  });

  test('what is no record stays what it is', () => {
    expect(shapeRecords(request, { data: ['text', null] }, {})).toEqual(['text', null]);
  });
});
