import { afterEach, expect, test } from 'vitest';
import type { RecordsOptions, RecordsSimulator } from '../src/index.ts';
import { generateRecords, startRecords } from '../src/index.ts';

const started: RecordsSimulator[] = [];

async function start(options: RecordsOptions = {}): Promise<RecordsSimulator> {
  const simulator = await startRecords(options);
  started.push(simulator);
  return simulator;
}

afterEach(async () => {
  for (const simulator of started.splice(0)) await simulator.stop();
});

interface Page {
  data: { id: number; updated_at: string }[];
  page: number | null;
  pages: number | null;
  total: number;
  next_cursor: string | null;
}

async function get(simulator: RecordsSimulator, query = ''): Promise<Page> {
  const answer = await fetch(`${simulator.url}/records${query}`);
  expect(answer.status, query).toBe(200);
  return (await answer.json()) as Page;
}

function row(id: number, updatedAt: string): { id: number; updated_at: string } {
  return { id, updated_at: updatedAt };
}

const three = [
  row(10, '2026-01-02T00:00:00Z'),
  row(9, '2026-01-02T00:00:00.000000Z'),
  row(1, '2026-01-02T00:00:00.5Z'),
];

test('records are sorted by the moment of their update, then by id as a number', async () => {
  const simulator = await start({ rows: three });

  const page = await get(simulator);

  expect(page.data.map((each) => each.id)).toEqual([9, 10, 1]);
  expect(page).toMatchObject({ page: 1, pages: 1, total: 3, next_cursor: null });
});

test('the text of a record is served byte for byte', async () => {
  const text = '{"id": 9007199254740993,"n":12345678901234567890.123456789, "z":1.50}';
  const simulator = await start({ rows: [text] });

  const answer = await fetch(`${simulator.url}/records`);

  expect(await answer.text()).toBe(
    `{"data":[${text}],"page":1,"pages":1,"total":1,"next_cursor":null}`,
  );
});

test.each([
  ['inclusive', [10, 1]],
  ['exclusive', [1]],
] as const)('updated_after is %s, to the microsecond', async (updatedAfter, expected) => {
  const rows = [
    row(9, '2026-01-02T00:00:00.000001Z'),
    row(10, '2026-01-02T00:00:00.000002Z'),
    row(1, '2026-01-02T00:00:00.000003Z'),
  ];
  const simulator = await start({ rows, updatedAfter });

  const page = await get(simulator, '?updated_after=2026-01-02T00:00:00.000002Z');

  expect(page.data.map((each) => each.id)).toEqual(expected);
});

test('updated_before takes in its own moment', async () => {
  const simulator = await start({ rows: three });

  const page = await get(simulator, '?updated_before=2026-01-02T00:00:00Z');

  expect(page.data.map((each) => each.id)).toEqual([9, 10]);
});

test('pages hold every record once', async () => {
  const simulator = await start({ generate: { count: 25 } });

  const ids: number[] = [];
  for (const page of [1, 2, 3]) {
    ids.push(...(await get(simulator, `?page=${page}&per_page=10`)).data.map((each) => each.id));
  }

  expect(ids).toEqual(Array.from({ length: 25 }, (_, at) => 1_000_000_001 + at));
});

test('a cursor goes on after the last record, even when that one is gone', async () => {
  const simulator = await start({ generate: { count: 25 } });

  const first = await get(simulator, '?limit=10');
  simulator.control.delete([1_000_000_010, 1_000_000_001]);
  const second = await get(simulator, `?limit=10&cursor=${first.next_cursor}`);
  const third = await get(simulator, `?limit=10&cursor=${second.next_cursor}`);

  expect(second.data[0]?.id).toBe(1_000_000_011);
  expect(third.data.map((each) => each.id)).toEqual([21, 22, 23, 24, 25].map((n) => 1e9 + n));
  expect(third.next_cursor).toBeNull();
});

test.each([
  ['empty', 200, []],
  ['last', 200, [1_000_000_005]],
  ['refuse', 404, undefined],
] as const)('a page after the end is: %s', async (beyondEnd, status, ids) => {
  const simulator = await start({ generate: { count: 5 }, beyondEnd });

  const answer = await fetch(`${simulator.url}/records?page=9&per_page=4`);
  const page = (await answer.json()) as Partial<Page>;

  expect(answer.status).toBe(status);
  expect(page.data?.map((each) => each.id)).toEqual(ids);
});

test('a source without records has an empty page', async () => {
  const simulator = await start();

  expect(await get(simulator)).toEqual({
    data: [],
    page: 1,
    pages: 0,
    total: 0,
    next_cursor: null,
  });
});

test('too large a page is clamped or refused', async () => {
  const rows = generateRecords({ count: 20 });
  const clamping = await start({ rows, maxPerPage: 7 });
  const refusing = await start({ rows, maxPerPage: 7, whenLarger: 'refuse' });

  expect((await get(clamping, '?per_page=20')).data).toHaveLength(7);
  expect((await fetch(`${refusing.url}/records?per_page=20`)).status).toBe(400);
});

test.each(['?since=2026-01-01', '?page=1&page=2', '?page=1&cursor=abc', '?cursor=abc', '?page=0'])(
  'the question %s is refused',
  async (query) => {
    const simulator = await start();

    expect((await fetch(`${simulator.url}/records${query}`)).status).toBe(400);
  },
);

test('pages rendered ahead are those that would be rendered on request, before and after a change', async () => {
  const rows = generateRecords({ count: 2_500 });
  const plain = await start({ rows });
  const ahead = await start({ rows, prerenderPerPage: 1_000 });
  const text = async (simulator: RecordsSimulator, query: string): Promise<string> =>
    (await fetch(`${simulator.url}/records${query}`)).text();
  const queries = ['?page=3&per_page=1000', '?limit=1000', '?updated_after=2024-01-01T00:20:00Z'];

  for (const query of queries) expect(await text(ahead, query)).toBe(await text(plain, query));
  for (const { control } of [plain, ahead]) control.upsert([row(1_000_000_001, '2023-01-01')]);
  for (const query of queries) expect(await text(ahead, query)).toBe(await text(plain, query));
});

test('a page of 20,000 records and records of 900 KB and 5 MB are served whole', async () => {
  const many = await start({ generate: { count: 20_000 } });
  const big = [900_000, 5_000_000].map((size, id) => ({ id, text: 'x'.repeat(size) }));
  const large = await start({ rows: big });

  expect((await get(many, '?per_page=20000')).data).toHaveLength(20_000);
  expect((await get(large)).data).toEqual(big);
});

test('a request without the token is refused', async () => {
  const simulator = await start({ rows: three, bearerToken: 'sesame' });
  const status = async (authorization?: string): Promise<number> => {
    const headers = authorization === undefined ? {} : { authorization };
    return (await fetch(`${simulator.url}/records`, { headers })).status;
  };

  expect(await status()).toBe(401);
  expect(await status('Bearer other')).toBe(401);
  expect(await status('Bearer sesame')).toBe(200);
});

test('records can be upserted and deleted', async () => {
  const simulator = await start({ rows: three });

  simulator.control.upsert([row(9, '2026-02-01T00:00:00Z'), row(11, '2026-03-01T00:00:00Z')]);
  const deleted = simulator.control.delete([10, 999]);

  expect((await get(simulator)).data.map((each) => each.id)).toEqual([1, 9, 11]);
  expect(deleted).toBe(1);
  expect(simulator.control.content()).toHaveLength(3);
});

test('generated records have twelve columns and depend on the seed alone', () => {
  const [first = ''] = generateRecords({ count: 1, seed: 3 });

  expect(Object.keys(JSON.parse(first) as object)).toHaveLength(12);
  expect(generateRecords({ count: 50, seed: 3 })).toEqual(generateRecords({ count: 50, seed: 3 }));
  expect(generateRecords({ count: 50, seed: 4 })).not.toEqual(
    generateRecords({ count: 50, seed: 3 }),
  );
});
