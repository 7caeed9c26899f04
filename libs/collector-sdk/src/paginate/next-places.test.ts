import type { PagePlace } from '@tidemark/contracts';
import { describe, expect, test } from 'vitest';
import { Definition } from '../definition/definition.ts';
import { nextPlaces } from './next-places.ts';

type Paginate = Definition['paginate'];

const page0: PagePlace = { seq: 0, place: {}, windows: [], bound: '9', stride: null };
const paginateOf = (input: unknown): Paginate => Definition.shape.paginate.parse(input);

function follow(paginate: Paginate, at: PagePlace, answer: unknown, recordCount = 10) {
  return nextPlaces(paginate, at, { answer, recordCount, digest: 'd'.repeat(16) });
}

const seqs = (result: ReturnType<typeof follow>): number[] =>
  'loop' in result ? [] : result.next.map((place) => place.seq);
const placesOf = (result: ReturnType<typeof follow>): unknown[] =>
  'loop' in result ? [] : result.next.map((place) => place.place);

test('without pagination the first page is the last one', () => {
  expect(follow(paginateOf({ kind: 'none' }), page0, [])).toEqual({ next: [], last: true });
});

describe('page numbers without a total', () => {
  const paginate = paginateOf({ kind: 'page', size: { param: 'n', value: 33 } });

  test.each([
    [33, [{ page: 2, after: 'd'.repeat(16) }]],
    [7, []],
    [0, []],
    // A round number of records may be a page size that the source made smaller.
    [20, [{ page: 2, after: 'd'.repeat(16) }]],
  ])('a page of %i records is followed by %j', (count, places) => {
    const result = follow(paginate, page0, {}, count);

    expect(placesOf(result)).toEqual(places);
    expect(result).toMatchObject({ last: places.length === 0 });
  });
});

describe('page numbers with a total', () => {
  const chain = paginateOf({ kind: 'page', totalPages: 'pages' });
  const wide = paginateOf({ kind: 'page', totalPages: 'pages', width: 3, start: 1 });

  test('a chain asks for one page after the other, also when the total is a text', () => {
    expect(placesOf(follow(chain, page0, { pages: '2' }))).toEqual([
      { page: 2, after: 'd'.repeat(16) },
    ]);
    const second = { ...page0, seq: 1, place: { page: 2 } };
    expect(follow(chain, second, { pages: 2 })).toEqual({ next: [], last: true });
  });

  test('a total of nothing is the end', () => {
    expect(follow(chain, page0, { pages: 0 }, 0)).toEqual({ next: [], last: true });
  });

  test('page 0 opens as many pages as the width allows', () => {
    const result = follow(wide, page0, { pages: 8 });

    expect(seqs(result)).toEqual([1, 2, 3]);
    expect(placesOf(result)).toEqual([{ page: 2 }, { page: 3 }, { page: 4 }]);
  });

  test.each([2, 3, 4, 5, 8, 9, 30])('a stride reads each of %i pages exactly once', (total) => {
    const open = [page0];
    const read: number[] = [];
    const last: number[] = [];
    while (open.length > 0) {
      const at = open.shift() ?? page0;
      read.push(at.seq);
      const result = follow(wide, at, { pages: total });
      if ('loop' in result) throw new Error(result.loop);
      if (result.last) last.push(at.seq);
      open.push(...result.next);
    }

    expect(read.toSorted((a, b) => a - b)).toEqual(Array.from({ length: total }, (_, i) => i));
    expect(last).toEqual([total - 1]);
  });

  test('the page that was the last one goes on alone when there is more by now', () => {
    const stride = { width: 3, total: 4 };
    const at = { ...page0, seq: 3, place: { page: 4 }, stride };

    const result = follow(wide, at, { pages: 5 });

    expect(result).toMatchObject({ next: [{ seq: 4, place: { page: 5 }, stride: null }] });
  });
});

describe('offsets', () => {
  const paginate = paginateOf({ kind: 'offset', start: 1, size: { param: 'limit', value: 100 } });

  test('the next offset counts what was really given', () => {
    expect(placesOf(follow(paginate, page0, {}, 100))).toMatchObject([{ offset: 101 }]);
    const second = { ...page0, seq: 1, place: { offset: 101 } };
    expect(placesOf(follow(paginate, second, {}, 50))).toMatchObject([{ offset: 151 }]);
    expect(follow(paginate, second, {}, 49)).toMatchObject({ last: true });
  });
});

describe('cursors', () => {
  const paginate = paginateOf({ kind: 'cursor', param: 'c', next: 'meta.next' });

  test.each([
    [{ meta: { next: 'abc' } }, [{ cursor: 'abc', after: 'd'.repeat(16) }]],
    [{ meta: { next: 7 } }, [{ cursor: '7', after: 'd'.repeat(16) }]],
    [{ meta: { next: null } }, []],
    [{ meta: { next: '' } }, []],
    [{ meta: {} }, []],
    [{}, []],
  ])('%j is followed by %j', (answer, places) => {
    expect(placesOf(follow(paginate, page0, answer))).toEqual(places);
  });

  test('a page that names itself is a loop, an empty one is the end', () => {
    const at = { ...page0, seq: 4, place: { cursor: 'abc' } };

    expect(follow(paginate, at, { meta: { next: 'abc' } })).toHaveProperty('loop');
    expect(follow(paginate, at, { meta: { next: 'abc' } }, 0)).toMatchObject({ last: true });
  });
});

test('a page with the records of the page before is a loop', () => {
  const paginate = paginateOf({ kind: 'page' });
  const at = { ...page0, seq: 1, place: { page: 2, after: 'd'.repeat(16) } };

  expect(follow(paginate, at, {})).toHaveProperty('loop');
  expect(follow(paginate, at, {}, 0)).toMatchObject({ last: true });
});

test('a window that is read to its end is followed by the next one, from its first page', () => {
  const windows = [
    { from: '0', to: '5' },
    { from: '5', to: null },
  ];
  const paginate = paginateOf({ kind: 'offset', size: { param: 'limit', value: 100 } });
  const at = { ...page0, seq: 3, place: { offset: 300 }, windows };

  const result = follow(paginate, at, {}, 1);

  expect(result).toEqual({
    next: [{ ...page0, seq: 4, windows: [{ from: '5', to: null }] }],
    last: false,
  });
  expect(follow(paginate, { ...at, windows: windows.slice(1) }, {}, 1)).toMatchObject({
    last: true,
  });
});
