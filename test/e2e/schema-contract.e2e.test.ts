import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type PagedSource, startPagedSource } from './stack/paged-source.ts';
import { oneOfEach, startTestStack, type TestStack } from './stack/test-stack.ts';

const PAGES = 100;
const FLIP = 57;
const PER_PAGE = 20;
/** Records of the pages before the flip, and of those from it on. */
const before = (FLIP - 1) * PER_PAGE;
const after = PAGES * PER_PAGE - before;

let source: PagedSource;
let stack: TestStack;

const collector = (name: string, contract: string): string => `
name: ${name}
source: { name: ${name}, baseUrl: '${source.url}', retryDelay: 50ms }
request: { path: /${name}, records: data }
paginate: { kind: page, size: { param: per_page, value: ${PER_PAGE} }, totalPages: pages, width: 4 }
incremental: { kind: full }
target:
  kind: table
  table: ${name}
  key: [id]
  fields:
    id: { type: bigint }
    amount: { type: bigint }
  ${contract}
limits: { maxRejects: 0.5 }
`;

beforeAll(async () => {
  source = await startPagedSource(PAGES);
  const contract = (columns: string, types = columns): string =>
    `contract: { columns: ${columns}, types: ${types} }`;
  stack = await startTestStack({
    definitions: {
      'evolving.yaml': collector('evolving', contract('evolve')),
      'frozen.yaml': collector('frozen', contract('freeze')),
      'discarding.yaml': collector('discarding', contract('discard')),
      'undeclared.yaml': collector('undeclared', contract('freeze', 'discard')),
      'plain.yaml': collector('plain', ''),
    },
    services: [...oneOfEach, { id: 'loader-2', service: 'loader' }],
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source?.[Symbol.asyncDispose]();
});

interface Thing {
  readonly id: number;
  readonly amount: number | string;
  readonly colour?: number | string;
}

const idsOf = (page: number): number[] =>
  Array.from({ length: PER_PAGE }, (_, place) => (page - 1) * PER_PAGE + place);

/** From page 57 on the amount is a text, and there is a field more. */
const flipping = (page: number): Thing[] =>
  idsOf(page).map((id) =>
    page < FLIP ? { id, amount: id * 10 } : { id, amount: `${id} pieces`, colour: id },
  );

beforeEach(() => {
  source.make = (page) => flipping(page) as unknown as Record<string, unknown>[];
});

const everything = (): Thing[] =>
  Array.from({ length: PAGES }, (_, place) => source.make(place + 1)).flat() as unknown as Thing[];

/** The rows of the records that came before the type flipped. */
const beforeTheFlip = (): unknown[] =>
  everything()
    .filter(({ colour }) => colour === undefined)
    .map(({ id, amount }) => ({ id: `${id}`, amount: `${amount}` }));

async function rowsOf(table: string, columns: string): Promise<unknown[]> {
  const { rows } = await stack.pool.query(`select ${columns} from ${table} order by id`);
  return rows;
}

async function columnsOf(table: string): Promise<string[]> {
  const { rows } = await stack.pool.query<{ name: string }>(
    `select attname || ' ' || format_type(atttypid, null) as name from pg_attribute
      where attrelid = $1::regclass and attnum > 0 and not attisdropped
        and attname not like '\\_%' and attname not in ('created_at', 'updated_at') order by 1`,
    [table],
  );
  return rows.map(({ name }) => name);
}

describe('a type that flips at page 57 of 100, where a field comes as well', () => {
  test('evolve: nothing is lost, each value stands in a column of its type', async () => {
    const runId = await stack.startRun('evolving');
    // The second loader dies among batches of both shapes.
    await waitFor(
      async () =>
        (await stack.pool.query('select from tidemark.batches where run_id = $1', [runId])).rows
          .length > 50,
      { what: 'half of the batches to be loaded' },
    );
    await stack.kill('loader-2');
    const run = await stack.ended(runId);
    await stack.start({ id: 'loader-2', service: 'loader' });

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: before + after,
      records_rejected: 0,
    });
    expect(await columnsOf('evolving')).toEqual([
      'amount bigint',
      'amount__text text',
      'colour bigint',
      'id bigint',
    ]);
    const expected = everything().map(({ id, amount, colour }) => ({
      id: `${id}`,
      amount: typeof amount === 'number' ? `${amount}` : null,
      amount__text: typeof amount === 'string' ? amount : null,
      colour: colour === undefined ? null : `${colour}`,
    }));
    expect(await rowsOf('evolving', 'id, amount, amount__text, colour')).toEqual(expected);

    expect(await stack.run('evolving')).toMatchObject({
      status: 'success',
      records_unchanged: before + after,
    });
  });

  test('evolve: an added column may flip too, and a field may vanish', async () => {
    source.make = (page) =>
      idsOf(page).map((id) => ({
        id,
        amount: id,
        ...(page >= 80 ? { colour: `no. ${id}` } : page >= FLIP ? {} : { colour: id }),
      }));

    const run = await stack.run('evolving');

    expect(run, await stack.describe(run.id)).toMatchObject({ status: 'success' });
    const expected = everything().map(({ id, amount, colour }) => ({
      id: `${id}`,
      amount: `${amount}`,
      amount__text: null,
      colour: typeof colour === 'number' ? `${colour}` : null,
      colour__text: typeof colour === 'string' ? colour : null,
    }));
    expect(await rowsOf('evolving', 'id, amount, amount__text, colour, colour__text')).toEqual(
      expected,
    );
  });

  test.each([
    ['frozen', 'freeze'],
    ['plain', 'no contract'],
  ])('%s (%s): the records of another type are rejected, each by name', async (name) => {
    const run = await stack.run(name);

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: before,
      records_rejected: after,
    });
    const { rows } = await stack.pool.query<{ reason: string; count: number }>(
      `select reason, count(*)::int as count from tidemark.dead_letters where run_id = $1 group by 1`,
      [run.id],
    );
    expect(rows).toEqual([
      { reason: 'amount: a text that is not a value of type bigint', count: after },
    ]);
    expect(await columnsOf(name)).toEqual(['amount bigint', 'id bigint']);
    expect(await rowsOf(name, 'id, amount')).toEqual(beforeTheFlip());
  });

  test('freeze for fields only: the record is rejected with the name of its field', async () => {
    const run = await stack.run('undeclared');

    expect(run).toMatchObject({ records_inserted: before, records_rejected: after });
    const { rows } = await stack.pool.query<{ reason: string }>(
      'select distinct reason from tidemark.dead_letters where run_id = $1',
      [run.id],
    );
    expect(rows).toEqual([{ reason: expect.stringMatching(/^"colour": is not declared/) }]);
    expect(await rowsOf('undeclared', 'id, amount')).toEqual(beforeTheFlip());
  });

  test('discard: the rest of each record is loaded, and what was left out is counted and told', async () => {
    const run = await stack.run('discarding');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: before + after,
      records_rejected: 0,
    });
    expect(await columnsOf('discarding')).toEqual(['amount bigint', 'id bigint']);
    expect(await rowsOf('discarding', 'id, amount')).toEqual(
      everything().map(({ id, amount }) => ({
        id: `${id}`,
        amount: typeof amount === 'number' ? `${amount}` : null,
      })),
    );
    const { rows } = await stack.pool.query(
      `select (select sum(values_discarded)::int from tidemark.batches where run_id = r.id) as discarded, r.warnings
         from tidemark.collector_runs r where r.id = $1`,
      [run.id],
    );
    expect(rows).toEqual([
      { discarded: after, warnings: [expect.stringMatching(/^values of amount/)] },
    ]);
  });
});
