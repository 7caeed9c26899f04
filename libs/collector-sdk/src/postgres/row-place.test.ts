import { expect, test } from 'vitest';
import { readRowPlace, writeRowPlace, type RowPlace } from './row-place.ts';

const first: RowPlace = { after: undefined, until: undefined, part: 'rows', nullsFollow: false };

test.each<[string, RowPlace]>([
  ['the first page', first],
  [
    'a page behind a row',
    { ...first, until: '17', after: ['2024-01-01 00:00:00.000001+00', '["'] },
  ],
  ['a page before the rows without a cursor', { ...first, nullsFollow: true }],
  ['the rows without a cursor', { ...first, part: 'nulls', after: ['9007199254740993'] }],
])('%s is read as it was written', (_, place) => {
  const written = writeRowPlace(place);

  expect(readRowPlace(JSON.parse(JSON.stringify(written)))).toEqual(place);
});

test('the first page has nothing in its place', () => {
  expect(writeRowPlace(first)).toEqual({});
});
