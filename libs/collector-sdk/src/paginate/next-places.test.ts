import type { PagePlace } from '@tidemark/contracts';
import { describe, expect, test } from 'vitest';
import { rawJson } from '../answer/raw-json.ts';
import { Definition } from '../definition/definition.ts';
import { nextPlaces } from './next-places.ts';
import type { PageRead } from './page-read.ts';

type Paginate = Definition['paginate'];

const page0: PagePlace = { seq: 0, place: {}, windows: [], bound: '9', stride: null };
const paginateOf = (input: unknown): Paginate => Definition.shape.paginate.parse(input);

/** A page whose content differs from that of every other place. */
function follow(paginate: Paginate, at: PagePlace, answer: unknown, recordCount = 10) {
  return read(paginate, at, { answer, recordCount, digest: digestAt(at) });
}

function read(paginate: Paginate, at: PagePlace, page: Partial<PageRead>) {
  return nextPlaces(paginate, at, { answer: {}, recordCount: 10, digest: digestAt(at), ...page });
}

const digestAt = (at: PagePlace): string => at.seq.toString(16).padStart(16, '0');

type Result = ReturnType<typeof nextPlaces>;

function must(result: Result) {
  if ('next' in result) return result;
  throw new Error(JSON.stringify(result));
}

const seqs = (result: Result): number[] => must(result).next.map(({ seq }) => seq);
const placesOf = (result: Result): unknown[] => must(result).next.map(({ place }) => place);

/** Follows a chain from its first page on, each page given by its number, until it ends or is refused. */
function walk(paginate: Paginate, pages: (number: number) => Partial<PageRead>, limit = 1_000) {
  let at = page0;
  for (let number = 0; number < limit; number += 1) {
    const result = read(paginate, at, pages(number));
    const [next] = 'next' in result ? result.next : [];
    if (!next) return { number, result };
    at = next;
  }
  throw new Error('the chain does not end');
}

test('without pagination the first page is the last one', () => {
  expect(follow(paginateOf({ kind: 'none' }), page0, [])).toEqual({ next: [], last: true });
});

describe('page numbers without a total', () => {
  const size = { param: 'n', value: 33 };

  test.each([
    ['short', 33, [{ page: 2 }]],
    ['short', 7, []],
    ['short', 0, []],
    // A round number of records may be a page size that the source made smaller.
    ['short', 20, [{ page: 2 }]],
    ['empty', 7, [{ page: 2 }]],
    ['empty', 0, []],
    ['repeat', 7, [{ page: 2 }]],
  ])('until %s: a page of %i records is followed by %j', (until, count, places) => {
    const result = follow(paginateOf({ kind: 'page', size, until }), page0, {}, count);

    expect(placesOf(result)).toEqual(places);
    expect(result).toMatchObject({ last: places.length === 0 });
  });

  test('an answer may tell whether more follows', () => {
    const paginate = paginateOf({ kind: 'page', size, more: 'has_more' });

    expect(placesOf(follow(paginate, page0, { has_more: true }, 7))).toEqual([{ page: 2 }]);
    for (const answer of [{ has_more: false }, { has_more: null }, { has_more: 'false' }]) {
      expect(follow(paginate, page0, answer, 33)).toMatchObject({ last: true });
    }
  });

  test('where the answer tells nothing of it, its length does', () => {
    const paginate = paginateOf({ kind: 'page', size, more: 'meta.more' });

    expect(placesOf(follow(paginate, page0, { has_more: false }, 33))).toEqual([{ page: 2 }]);
    expect(follow(paginate, page0, { has_more: true }, 7)).toMatchObject({ last: true });
  });

  test('something where only yes or no is looked for is a yes', () => {
    const paginate = paginateOf({ kind: 'page', size, more: 'links.next' });

    const linked = { links: { next: { href: '/x' } } };
    expect(placesOf(follow(paginate, page0, linked, 7))).toEqual([{ page: 2 }]);
    expect(follow(paginate, page0, { links: { next: [] } }, 33)).toMatchObject({ last: true });
  });

  test('a source that gives its last page again is read to its end', () => {
    const pages = (number: number) => ({
      digest: number < 3 ? `${number}`.repeat(16) : '2'.repeat(16),
    });

    const repeat = walk(paginateOf({ kind: 'page', until: 'repeat' }), pages);
    expect(repeat).toMatchObject({ number: 3, result: { last: true } });
    const short = walk(paginateOf({ kind: 'page' }), pages);
    expect(short).toMatchObject({ number: 3, result: { code: 'PAGE_LOOP' } });
  });
});

describe('page numbers with a total', () => {
  const chain = paginateOf({ kind: 'page', totalPages: 'pages' });
  const wide = paginateOf({ kind: 'page', totalPages: 'pages', width: 3, start: 1 });

  test('a chain asks for one page after the other, also when the total is a text', () => {
    expect(placesOf(follow(chain, page0, { pages: '2' }))).toEqual([{ page: 2 }]);
    const second = { ...page0, seq: 1, place: { page: 2 } };
    expect(follow(chain, second, { pages: 2 })).toEqual({ next: [], last: true });
  });

  test('a total of nothing is the end', () => {
    expect(follow(chain, page0, { pages: 0 }, 0)).toEqual({ next: [], last: true });
  });

  test('a header may tell the total', () => {
    const paginate = paginateOf({ kind: 'page', totalPages: { header: 'X-Total-Pages' } });
    const head = {
      url: new URL('http://a/'),
      headers: { 'x-total-pages': '2' },
      secretParameters: [],
    };

    expect(placesOf(read(paginate, page0, { head }))).toEqual([{ page: 2 }]);
    expect(read(paginate, { ...page0, seq: 1, place: { page: 2 } }, { head })).toMatchObject({
      last: true,
    });
  });

  test('page 0 opens as many pages as the width allows', () => {
    const result = follow(wide, page0, { pages: 8 });

    expect(seqs(result)).toEqual([1, 2, 3]);
    expect(placesOf(result)).toEqual([{ page: 2 }, { page: 3 }, { page: 4 }]);
  });

  test.each([2, 3, 4, 5, 8, 9, 30])('a stride reads each of %i pages exactly once', (total) => {
    const { numbers, last } = walkStride(wide, { pages: total }, 10);

    expect(numbers.map(([seq]) => seq)).toEqual(Array.from({ length: total }, (_, i) => i));
    expect(last).toEqual([total - 1]);
  });

  test('the page that was the last one goes on alone when there is more by now', () => {
    const stride = { width: 3, total: 4 };
    const at = { ...page0, seq: 3, place: { page: 4 }, stride };

    const result = follow(wide, at, { pages: 5 });

    expect(result).toMatchObject({ next: [{ seq: 4, place: { page: 5 }, stride: null }] });
  });

  test('a source that ignores the page in a stride is noticed: page 0 comes again', () => {
    const [second] = must(follow(wide, page0, { pages: 8 })).next;

    const again = read(wide, second ?? page0, { answer: { pages: 8 }, digest: digestAt(page0) });

    expect(again).toMatchObject({ code: 'PAGE_LOOP' });
  });

  test('a repeated page ends a chain only, never a stride', () => {
    const paginate = paginateOf({ kind: 'page', totalPages: 'pages', width: 3, until: 'repeat' });
    const [second] = must(follow(paginate, page0, { pages: 8 })).next;

    const again = read(paginate, second ?? page0, {
      answer: { pages: 8 },
      digest: digestAt(page0),
    });

    expect(again).toMatchObject({ code: 'PAGE_LOOP' });
  });
});

/** Reads a whole stride; the places by seq, and which pages were the last. */
function walkStride(paginate: Paginate, answer: unknown, recordCount: number) {
  const open = [page0];
  const numbers: [number, unknown][] = [];
  const last: number[] = [];
  for (let at = open.shift(); at; at = open.shift()) {
    numbers.push([at.seq, at.place]);
    const result = must(follow(paginate, at, answer, recordCount));
    if (result.last) last.push(at.seq);
    open.push(...result.next);
  }
  return { numbers: numbers.toSorted(([a], [b]) => a - b), last };
}

describe('a total of records', () => {
  const size = { param: 'n', value: 100 };

  test('it makes pages by their size, or by the size that the source gives instead', () => {
    const paginate = paginateOf({ kind: 'page', size, totalRecords: 'total' });

    expect(follow(paginate, page0, { total: 100 }, 100)).toMatchObject({ last: true });
    expect(placesOf(follow(paginate, page0, { total: 101 }, 100))).toEqual([{ page: 2 }]);
    const clamped = walk(paginate, (number) => ({
      answer: { total: 250 },
      recordCount: number < 8 ? 30 : 10,
    }));
    expect(clamped).toMatchObject({ number: 8, result: { last: true } });
  });

  test('offsets in a stride are as far apart as the pages are long', () => {
    const wide = paginateOf({ kind: 'offset', size, totalRecords: 'total', width: 4 });

    const asked = walkStride(wide, { total: 450 }, 100);
    expect(asked.numbers.map(([, place]) => place)).toEqual([
      {},
      ...[100, 200, 300, 400].map((offset) => ({ offset })),
    ]);
    const clamped = walkStride(wide, { total: 95 }, 20);
    expect(clamped.numbers.map(([, place]) => place)).toEqual([
      {},
      ...[20, 40, 60, 80].map((offset) => ({ offset })),
    ]);
    expect(clamped.last).toEqual([4]);
  });

  test('a chain of offsets goes on until the total is read, however long its pages are', () => {
    const paginate = paginateOf({ kind: 'offset', size, totalRecords: 'total' });
    const lengths = [100, 97, 100, 3];

    const end = walk(paginate, (number) => ({
      answer: { total: 300 },
      recordCount: lengths[number] ?? 0,
    }));

    expect(end).toMatchObject({ number: 3, result: { last: true } });
  });
});

describe('totals that do not fit what comes', () => {
  const paginate = paginateOf({
    kind: 'page',
    size: { param: 'n', value: 30 },
    totalPages: 'pages',
    width: 2,
  });
  const second = { ...page0, seq: 1, place: { page: 2 } };

  test.each([
    ['a page in the middle without records', second, 5, 0],
    ['the first one of several without records', page0, 2, 0],
    ['one of a stride', { ...second, stride: { width: 2, total: 5 } }, 5, 0],
  ])('%s is not believed: what should be in it would be lost', (_what, at, pages, records) => {
    expect(follow(paginate, at, { pages }, records)).toEqual({
      code: 'RESPONSE_INVALID',
      reason: `the page is empty, although ${pages} pages are told and it is number ${at.seq + 1}`,
    });
  });

  test.each([
    ['the last page may be empty', second, 2],
    ['nothing at all is one empty page', page0, 1],
    ['or none', page0, 0],
    ['a source that shrinks ends earlier', { ...second, place: { page: 3 } }, 1],
  ])('%s', (_what, at, pages) => {
    expect(follow(paginate, at, { pages }, 0)).toEqual({ next: [], last: true });
  });

  test.each([
    { what: 'the first page', size: 30, at: page0, before: 0 },
    { what: 'the first page of unknown size', size: undefined, at: page0, before: 0 },
    { what: 'the last page', size: 30, at: second, before: 30 },
  ])('$what may not be empty where a total of records is told', ({ size, at, before }) => {
    const asked = size === undefined ? {} : { size: { param: 'n', value: size } };
    const records = paginateOf({ kind: 'page', ...asked, totalRecords: 'total' });
    const total = before + 1;

    expect(follow(records, at, { total }, 0)).toEqual({
      code: 'RESPONSE_INVALID',
      reason: `the page is empty, although ${total} records are told and ${before} are before it`,
    });
    expect(follow(records, at, { total: before }, 0)).toEqual({ next: [], last: true });
  });

  test('a total of 0 beside records is none: some sources tell it where they do not count', () => {
    expect(placesOf(follow(paginate, page0, { pages: 0 }, 30))).toEqual([{ page: 2 }]);
    expect(follow(paginate, page0, { pages: 0 }, 29)).toMatchObject({ last: true });
    const offset = paginateOf({
      kind: 'offset',
      size: { param: 'n', value: 30 },
      totalRecords: 'total',
    });
    expect(placesOf(follow(offset, page0, { total: 0 }, 30))).toEqual([{ offset: 30 }]);
    expect(follow(offset, page0, { total: 30 }, 30)).toMatchObject({ last: true });
  });

  test('an offset of a stride may not be empty in front of the end either', () => {
    const offset = paginateOf({
      kind: 'offset',
      size: { param: 'n', value: 30 },
      totalRecords: 'total',
      width: 2,
    });
    const at = {
      ...page0,
      seq: 1,
      place: { offset: 30 },
      stride: { width: 2, total: 5, step: 30 },
    };

    expect(follow(offset, at, { total: 150 }, 0)).toMatchObject({ code: 'RESPONSE_INVALID' });
  });
});

describe('offsets', () => {
  const paginate = paginateOf({ kind: 'offset', start: 1, size: { param: 'limit', value: 100 } });

  test('the next offset counts what was really given', () => {
    expect(placesOf(follow(paginate, page0, {}, 100))).toEqual([{ offset: 101 }]);
    const second = { ...page0, seq: 1, place: { offset: 101 } };
    expect(placesOf(follow(paginate, second, {}, 50))).toEqual([{ offset: 151 }]);
    expect(follow(paginate, second, {}, 49)).toMatchObject({ last: true });
  });

  test('an empty page in front of the end that is told is not the end', () => {
    const counted = paginateOf({ ...paginate, totalRecords: 'total' });
    const second = { ...page0, seq: 1, place: { offset: 101 } };

    expect(follow(counted, second, { total: 101 }, 0)).toMatchObject({ code: 'RESPONSE_INVALID' });
    expect(follow(counted, second, { total: 100 }, 0)).toMatchObject({ last: true });
    expect(follow(counted, page0, { total: 0 }, 0)).toMatchObject({ last: true });
  });
});

describe('cursors', () => {
  const paginate = paginateOf({ kind: 'cursor', param: 'c', next: 'meta.next' });

  test.each([
    [{ meta: { next: 'abc' } }, [{ cursor: 'abc' }]],
    [{ meta: { next: 7 } }, [{ cursor: '7' }]],
    [{ meta: { next: null } }, []],
    [{ meta: { next: '' } }, []],
    [{ meta: { next: false } }, []],
    [{ meta: { next: 0 } }, [{ cursor: '0' }]],
    [{ meta: {} }, []],
    [{}, []],
  ])('%j is followed by %j', (answer, places) => {
    expect(placesOf(follow(paginate, page0, answer))).toEqual(places);
  });

  test('what is no text is a mistake of the definition and not the end', () => {
    const nested = { meta: { next: { href: '/x?c=2' } } };

    expect(follow(paginate, page0, nested)).toMatchObject({ code: 'RESPONSE_INVALID' });
    const url = paginateOf({ kind: 'next-url', next: 'meta.next' });
    expect(follow(url, page0, nested)).toMatchObject({ code: 'RESPONSE_INVALID' });
    // How PHP writes nothing.
    expect(follow(url, page0, { meta: { next: [] } })).toMatchObject({ last: true });
  });

  test('a page that names itself is a loop, an empty one is the end', () => {
    const at = { ...page0, seq: 4, place: { cursor: 'abc' } };

    expect(follow(paginate, at, { meta: { next: 'abc' } })).toMatchObject({ code: 'PAGE_LOOP' });
    expect(follow(paginate, at, { meta: { next: 'abc' } }, 0)).toMatchObject({ last: true });
  });

  test('a cursor on the last page is not followed where the answer says that nothing more follows', () => {
    const withMore = paginateOf({ kind: 'cursor', param: 'c', next: 'next', more: 'more' });

    expect(follow(withMore, page0, { next: 'a', more: false })).toMatchObject({ last: true });
    expect(placesOf(follow(withMore, page0, { next: 'a', more: true }))).toEqual([{ cursor: 'a' }]);
    expect(placesOf(follow(withMore, page0, { next: 'a' }))).toEqual([{ cursor: 'a' }]);
  });

  test.each([2, 3, 7, 100])('a circle of %i pages is left within a few rounds', (length) => {
    // Empty pages, so that only the names of the places tell.
    const end = walk(paginate, (number) => ({
      answer: { meta: { next: `c${(number + 1) % length}` } },
      recordCount: 0,
      digest: 'e'.repeat(16),
    }));

    expect(end.result).toMatchObject({ code: 'PAGE_LOOP' });
    expect(end.number).toBeLessThanOrEqual(4 * length + 4);
  });

  test.each([2, 5, 64])(
    'the same %i contents under ever new cursors are a circle too',
    (length) => {
      const end = walk(paginate, (number) => ({
        answer: { meta: { next: `c${number}` } },
        digest: (number % length).toString(16).padStart(16, '0'),
      }));

      expect(end.result).toMatchObject({ code: 'PAGE_LOOP' });
      expect(end.number).toBeLessThanOrEqual(4 * length + 4);
    },
  );

  test('a chain that never ends is ended', () => {
    const short = paginateOf({ kind: 'cursor', param: 'c', next: 'next', maxPages: 12 });
    const end = walk(short, (number) => ({ answer: { next: `c${number}` } }));

    expect(end).toMatchObject({ number: 11, result: { code: 'PAGES_EXCEEDED' } });
  });
});

describe('pages that follow a record', () => {
  const paginate = paginateOf({
    kind: 'keyset',
    after: { since: 'changed.at', after_id: 'id' },
    size: { param: 'n', value: 33 },
  });
  const record = { id: rawJson('12345678901234567890'), changed: { at: '2024-01-01T00:00:00.5Z' } };
  const after = JSON.stringify({
    since: '2024-01-01T00:00:00.5Z',
    after_id: '12345678901234567890',
  });

  test('name it by the values that it has, digit for digit', () => {
    const result = read(paginate, page0, { recordCount: 33, lastRecord: record });

    expect(placesOf(result)).toEqual([{ after }]);
  });

  test.each([
    ['short', 33, false],
    ['short', 7, true],
    ['short', 0, true],
    // A round number of records may be a page size that the source made smaller.
    ['short', 20, false],
    ['empty', 7, false],
    ['empty', 0, true],
  ])('until %s, one with %i records is the last: %s', (until, recordCount, last) => {
    const result = read({ ...paginate, until } as Paginate, page0, {
      recordCount,
      lastRecord: record,
    });

    expect(result).toMatchObject({ last });
  });

  test.each([
    [true, false],
    [false, true],
  ])('where the answer tells whether more follows, %s counts', (more, last) => {
    const told = { ...paginate, more: 'more' } as Paginate;

    const result = read(told, page0, { recordCount: 7, lastRecord: record, answer: { more } });

    expect(result).toMatchObject({ last });
  });

  test('a record without such a value cannot be followed', () => {
    const result = read(paginate, page0, { recordCount: 33, lastRecord: { id: 5 } });

    expect(result).toMatchObject({
      code: 'RESPONSE_INVALID',
      reason: expect.stringContaining('paginate.after.since'),
    });
  });

  test('a source that does not heed the values is noticed', () => {
    const at = { ...page0, seq: 1, place: { after }, trail: { pages: 1, records: 33, rereads: 0 } };
    const all = { recordCount: 33, lastRecord: record };

    expect(read(paginate, at, all)).toMatchObject({ code: 'PAGE_LOOP' });
    expect(walk(paginate, () => ({ ...all, digest: 'd'.repeat(16) })).result).toMatchObject({
      code: 'PAGE_LOOP',
    });
  });

  test('smaller pages than were asked for are told when the second one proves it', () => {
    const one = must(read(paginate, page0, { recordCount: 20, lastRecord: { ...record } }));
    const [at] = one.next;
    const two = at && read(paginate, at, { recordCount: 20, lastRecord: { ...record, id: 2 } });

    expect(one.smaller).toBeUndefined();
    expect(two).toMatchObject({ smaller: { asked: 33, given: 20 } });
  });
});

describe('addresses that the source gives', () => {
  const url = new URL('https://api.example.com/v1/things?limit=2&api_key=the-secret');
  const head = { url, headers: {}, secretParameters: ['api_key'] };
  const inBody = paginateOf({ kind: 'next-url', next: 'next' });
  const inHeader = paginateOf({ kind: 'link' });

  test.each([
    ['https://api.example.com/v1/things?page=2', '/v1/things?page=2'],
    // What servers behind a proxy write; it is asked of the declared origin all the same.
    ['http://api.example.com/v1/things?page=2', '/v1/things?page=2'],
    ['/repositories/7/things?page=2', '/repositories/7/things?page=2'],
    ['?page=2', '/v1/things?page=2'],
    ['others?c=a%2Fb%3D%3D', '/v1/others?c=a%2Fb%3D%3D'],
    ['?api_key=the-secret&page=2', '/v1/things?page=2'],
    ['?api%5Fkey=the-secret', '/v1/things'],
  ])('%s is %s of the declared host', (next, expected) => {
    expect(placesOf(read(inBody, page0, { answer: { next }, head }))).toEqual([{ url: expected }]);
  });

  test.each([
    'https://evil.example/x',
    '//evil.example/x',
    'https://api.example.com:444/',
    'file:///etc/passwd',
  ])('%s is refused', (next) => {
    const result = read(inBody, page0, { answer: { next }, head });

    expect(result).toMatchObject({ code: 'PAGE_ELSEWHERE' });
  });

  test.each([[null], [''], [undefined], [false]])('%j is the end', (next) => {
    expect(read(inBody, page0, { answer: { next }, head })).toMatchObject({ last: true });
  });

  test('a Link header is followed while it names a next page', () => {
    const link =
      '<https://api.example.com/repositories/1/issues?page=2>; rel="next", <https://x/>; rel="last"';

    const result = read(inHeader, page0, { head: { ...head, headers: { link } } });

    expect(placesOf(result)).toEqual([{ url: '/repositories/1/issues?page=2' }]);
    expect(read(inHeader, page0, { head })).toMatchObject({ last: true });
  });
});

test('a page with the records of the page before is a loop', () => {
  const paginate = paginateOf({ kind: 'page' });
  const trail = { pages: 1, records: 10, rereads: 0, after: 'd'.repeat(16) };
  const at = { ...page0, seq: 1, place: { page: 2 }, trail };
  const again = { digest: 'd'.repeat(16) };

  expect(read(paginate, at, again)).toMatchObject({ code: 'PAGE_LOOP' });
  expect(read(paginate, at, { ...again, recordCount: 0 })).toMatchObject({ last: true });
});

test('a window that is read to its end is followed by the next one, from its first page', () => {
  const windows = [
    { from: '0', to: '5' },
    { from: '5', to: null },
  ];
  const paginate = paginateOf({ kind: 'offset', size: { param: 'limit', value: 100 } });
  const trail = { pages: 3, records: 300, rereads: 1 };
  const at = { ...page0, seq: 3, place: { offset: 300 }, windows, trail };

  const result = follow(paginate, at, {}, 1);

  expect(must(result).next).toStrictEqual([
    { ...page0, seq: 4, windows: [{ from: '5', to: null }] },
  ]);
  expect(follow(paginate, { ...at, windows: windows.slice(1) }, {}, 1)).toMatchObject({
    last: true,
  });
});

describe('a source that pages no deeper', () => {
  const size = { param: 'n', value: 100 };

  test('by its total it is known on the first page', () => {
    const paginate = paginateOf({
      kind: 'offset',
      size,
      totalRecords: 'total',
      maxDepth: { records: 1_000 },
      width: 4,
    });

    expect(follow(paginate, page0, { total: 1_001 }, 100)).toHaveProperty('tooDeep');
    expect(seqs(follow(paginate, page0, { total: 1_000 }, 100))).toEqual([1, 2, 3, 4]);
  });

  test.each([
    [{ records: 1_000 }, 9],
    [{ records: 1_050 }, 9],
    [{ pages: 4 }, 3],
  ])('otherwise where the next page would lie beyond %j', (maxDepth, number) => {
    const paginate = paginateOf({ kind: 'page', size, maxDepth });

    const end = walk(paginate, () => ({ recordCount: 100 }));

    expect(end.number).toBe(number);
    expect(end.result).toHaveProperty('tooDeep');
  });

  test('a page that is the last one is not too deep', () => {
    const paginate = paginateOf({ kind: 'page', size, maxDepth: { pages: 4 } });

    const end = walk(paginate, (number) => ({ recordCount: number === 3 ? 99 : 100 }));

    expect(end).toMatchObject({ number: 3, result: { last: true } });
  });
});

describe('pages smaller than they were asked for', () => {
  const size = { param: 'n', value: 100 };

  test.each([
    [{ kind: 'page', size, totalRecords: 'total' }, 0],
    [{ kind: 'cursor', param: 'c', size, next: 'next' }, 0],
    // Without a total the second page proves it.
    [{ kind: 'page', size }, 1],
  ])('%j tells it once, on page %i', (input, tellsAt) => {
    const paginate = paginateOf(input);
    const told: number[] = [];
    let at = page0;
    for (let number = 0; number < 5; number += 1) {
      const answer = { total: 1_000, next: `c${number}` };
      const result = must(follow(paginate, at, answer, 50));
      if (result.smaller) told.push(number);
      if (result.smaller) expect(result.smaller).toEqual({ asked: 100, given: 50 });
      at = result.next[0] ?? page0;
    }

    expect(told).toEqual([tellsAt]);
  });
});

describe('drift', () => {
  const size = { param: 'n', value: 4 };
  const byOverlap = (rereads: number): Paginate =>
    paginateOf({ kind: 'offset', size, drift: { by: 'overlap', records: 2, rereads } });
  const keys = (text: string) => ({ keys: text.split(''), recordCount: text.length });

  function second(paginate: Paginate, text: string): Result {
    const [at = page0] = must(read(paginate, page0, keys('abcd'))).next;
    expect(at.place).toEqual({ offset: 2 });
    return read(paginate, at, keys(text));
  }

  test('the last records of the page before are asked for again', () => {
    expect(must(second(byOverlap(3), 'cdef')).next).toMatchObject([
      { seq: 2, place: { offset: 4 } },
    ]);
    expect(second(byOverlap(3), 'cd')).toMatchObject({ last: true });
  });

  test('records that came in front of them skip nothing', () => {
    const result = must(second(byOverlap(3), 'bcde'));

    expect(result.drifted).toBeUndefined();
    expect(result.next).toMatchObject([{ place: { offset: 4 } }]);
  });

  test.each([['efgh'], ['defg'], ['dc'], ['']])(
    'where %j stands instead, records were skipped: the window is begun again',
    (text) => {
      const result = must(second(byOverlap(3), text));

      expect(result).toMatchObject({ last: false, drifted: expect.stringContaining('last 2') });
      expect(result.next).toMatchObject([{ seq: 2, place: {}, trail: { pages: 0, rereads: 1 } }]);
    },
  );

  test('so often, and no more', () => {
    const pages = (number: number) => keys(number % 2 === 0 ? 'abcd' : 'wxyz');

    const end = walk(byOverlap(2), pages);

    expect(end).toMatchObject({ number: 5, result: { code: 'PAGES_DRIFTED' } });
  });

  test('a page of one record overlaps with nothing and is followed all the same', () => {
    const paginate = paginateOf({
      kind: 'offset',
      size,
      until: 'empty',
      drift: { by: 'overlap', records: 2 },
    });

    expect(placesOf(read(paginate, page0, keys('a')))).toEqual([{ offset: 1 }]);
  });

  test('a total that changes tells it too', () => {
    const paginate = paginateOf({ kind: 'page', size, totalRecords: 't', drift: { by: 'total' } });
    const totals = [12, 12, 11, 11, 11, 11];

    const seen: unknown[] = [];
    let at = page0;
    for (const t of totals) {
      const result = must(follow(paginate, at, { t }, 4));
      seen.push(result.last ? 'last' : (result.drifted ?? result.next[0]?.place));
      at = result.next[0] ?? at;
    }

    expect(seen).toEqual([
      { page: 2 },
      { page: 3 },
      'the total changed from 12 to 11',
      { page: 2 },
      { page: 3 },
      'last',
    ]);
  });
});
