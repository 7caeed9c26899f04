import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freshDatabase } from '@tidemark/testkit';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runInTest } from './run-in-test.ts';

interface Answer {
  readonly status?: number;
  readonly body: unknown;
}

let folder: string;
let server: Server;
let url: string;
let asked: IncomingMessage[];
let answer: Answer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-cli-'));
  asked = [];
  server = createServer((request, response) => {
    asked.push(request);
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' });
    response.end(typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await rm(folder, { recursive: true });
});

const shop = (more = ''): string => `
name: shop
source:
  name: shop
  baseUrl: ${url}
  auth: { kind: bearer, secret: SHOP }
partitions: [{ region: eu }, { region: us }]
request: { path: '/{region}/orders', query: { sort: asc }, records: data }
paginate: { kind: page, size: { param: size, value: 2 }, more: more }
incremental: { kind: cursor, field: changed_at, from: since, to: until, start: '2024-01-01' }
target:
  kind: table
  table: shop
  key: [id]
  fields:
    id: { type: bigint, required: true }
    total: { type: numeric }
    note: { type: text }
    changed_at: { type: timestamptz }
${more}`;

const env = { TIDEMARK_SECRET_SHOP: 'hush-hush' };
const rows = [
  { id: 1, total: 12.5, note: 'first\tline\nsecond', changed_at: '2024-05-01T00:00:00Z' },
  { id: 2, changed_at: '2024-05-02T00:00:00Z' },
];

async function run(...args: readonly string[]) {
  return runInTest(['collectors', 'test', ...args], env, folder);
}

test('the request, the answer, the next page and the rows are shown, without the secret', async () => {
  await writeFile(join(folder, 'shop.yaml'), shop());
  answer = { body: { data: rows, more: true } };

  const shown = await run('shop.yaml', '--partition', 'region=us', '--from', '2024-05-01');

  expect(shown.code).toBe(0);
  expect(asked).toHaveLength(1);
  expect(asked[0]?.headers.authorization).toBe('Bearer hush-hush');
  expect(shown.out).toContain(`GET ${url}/us/orders?sort=asc&since=2024-05-01T00:00:00Z`);
  expect(shown.out).toContain('authorization: [redacted]');
  expect(shown.out).toContain('reads region=us, from 2024-05-01T00:00:00Z');
  expect(shown.out).toMatch(/Status 200, \d+ ms, \d+ bytes, 2 records/);
  expect(shown.out).toMatch(/Next page: .*\/us\/orders\?.*page=2/);
  expect(shown.out).toMatch(/^id +total +note +changed_at/m);
  expect(shown.out).toMatch(/^1 +12\.5 +first line second +2024-05-01/m);
  expect(shown.out).toMatch(/^2 +NULL +NULL +2024-05-02/m);
  expect(shown.out + shown.err).not.toContain('hush');
  expect(shown.err).toContain('counted in no rate budget, and nothing is written');
});

test('as JSON all rows are there, as the target would have them', async () => {
  await writeFile(join(folder, 'shop.yaml'), shop());
  answer = { body: { data: rows, more: false } };

  const { code, out } = await run('shop.yaml', '--json', '--rows', '1');

  expect(code).toBe(0);
  expect(JSON.parse(out)).toMatchObject({
    collector: 'shop',
    partition: { region: 'eu' },
    request: { method: 'GET', headers: { authorization: '[redacted]' } },
    status: 200,
    records: 2,
    next: null,
    failure: null,
    rejects: [],
    rows: [
      { id: '1', total: '12.5', note: 'first\tline\nsecond' },
      { id: '2', total: null, note: null },
    ],
  });
});

test('rejects come with their reasons; more of them than the definition allows fail', async () => {
  answer = { body: { data: [...rows, { id: 'three' }], more: false } };
  await writeFile(join(folder, 'strict.yaml'), shop());
  await writeFile(join(folder, 'lenient.yaml'), shop('limits: { maxRejects: 0.5 }'));

  const strict = await run('strict.yaml');
  const lenient = await run('lenient.yaml');

  expect(strict.code).toBe(1);
  expect(strict.out).toMatch(
    /^ *2 +RECORD_INVALID +id: a text that is not a value of type bigint/m,
  );
  expect(lenient.code).toBe(0);
  expect(lenient.out).toContain('1 reject');
});

test.each([
  [{ status: 401, body: { message: 'token hush-hush is unknown' } }, 'SOURCE_AUTH_REJECTED'],
  [{ status: 404, body: 'no such thing' }, 'SOURCE_REJECTED'],
  [{ body: '<html>' }, 'RESPONSE_INVALID'],
])('an answer that is no page fails with its code: %o', async (given, code) => {
  await writeFile(join(folder, 'shop.yaml'), shop());
  answer = given;

  const shown = await run('shop.yaml');

  expect(shown.code).toBe(1);
  expect(shown.out).toContain(`${code}: `);
  expect(shown.out).toContain('The answer begins: ');
  expect(shown.out).not.toContain('hush');
});

test('a source that is not there has answered nothing', async () => {
  await writeFile(join(folder, 'shop.yaml'), shop());
  server.close();

  const shown = await run('shop.yaml');

  expect(shown.code).toBe(1);
  expect(shown.out).toMatch(/^Failed, \d+ ms, 0 bytes$/m);
  expect(shown.out).toContain('SOURCE_UNAVAILABLE: ');
});

test('a definition is found by its name in the folder of the services; mistakes are told by line', async () => {
  await writeFile(join(folder, 'any.yaml'), shop());
  await writeFile(join(folder, 'bad.yaml'), shop().replace('key: [id]', 'key: [nr]'));
  answer = { body: { data: [], more: false } };
  const inFolder = { ...env, TIDEMARK_COLLECTORS_DIR: folder };

  const found = await runInTest(['collectors', 'test', 'shop'], inFolder, folder);
  const bad = await run('bad.yaml');
  const unknown = await run('nothing');

  expect(found).toMatchObject({ code: 0 });
  expect(bad).toMatchObject({ code: 1 });
  expect(bad.out).toMatch(/^bad\.yaml:\d+: target\.key\.0: target\.fields has no field "nr"$/m);
  expect(unknown).toMatchObject({ code: 2 });
  expect(asked).toHaveLength(1);
});

test('a secret that is missing is said before anything is asked', async () => {
  await writeFile(join(folder, 'shop.yaml'), shop());

  const shown = await runInTest(['collectors', 'test', 'shop.yaml'], {}, folder);

  expect(shown.code).toBe(1);
  expect(shown.err).toMatch(
    /SECRET_MISSING: .*TIDEMARK_SECRET_SHOP is not set: put it into .*yours/,
  );
  expect(asked).toEqual([]);
});

test('ids for a collector without a worklist are wrong usage, and nothing is asked', async () => {
  await writeFile(join(folder, 'shop.yaml'), shop());
  answer = { body: { data: [], more: false } };

  const { code, out, err } = await run('shop.yaml', '--id', '3');

  expect(err).toContain('"shop" has no worklist (incremental.kind is cursor): --id');
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(asked).toEqual([]);
});

test('what only a database knows is to be named', async () => {
  const dynamic = shop().replace(
    /partitions: .*/,
    'partitions: { query: select 1, keys: [region] }',
  );
  await writeFile(join(folder, 'shop.yaml'), dynamic);
  answer = { body: { data: [], more: false } };

  const unnamed = await run('shop.yaml');
  const named = await run('shop.yaml', '--partition', 'region=br');

  expect(unnamed).toMatchObject({ code: 2 });
  expect(unnamed.err).toContain('--partition region=…');
  expect(named).toMatchObject({ code: 0 });
  expect(asked[0]?.url).toMatch(/^\/br\/orders/);
});

test('a page of a database is shown in the same way', async () => {
  await using database = await freshDatabase();
  await database.pool().query(
    `create table public.talks as
     select n as id, 'talk ' || n as title, timestamptz '2024-01-01' + n * interval '1 day' as changed_at
       from generate_series(1, 5) as n`,
  );
  await writeFile(
    join(folder, 'talks.yaml'),
    `
name: talks
source: { kind: postgres, name: talks, secret: TALKS }
request: { kind: sql, sql: 'select id, title, changed_at from public.talks', size: 2 }
incremental: { kind: cursor, field: changed_at, tie: id, start: '2024-01-01' }
target:
  kind: table
  table: talks
  key: [id]
  fields:
    id: { type: bigint }
    title: { type: text }
    changed_at: { type: timestamptz }
`,
  );

  const shown = await runInTest(
    ['collectors', 'test', 'talks.yaml', '--json'],
    { TIDEMARK_SECRET_TALKS: database.url },
    folder,
  );

  expect(shown.out + shown.err).not.toContain(database.url);
  expect(shown, shown.out + shown.err).toMatchObject({ code: 0 });
  const page: unknown = JSON.parse(shown.out);
  expect(page).toMatchObject({
    request: { method: 'SQL' },
    status: null,
    records: 2,
    next: expect.stringContaining('2024-01-03'),
    rows: [
      { id: '1', title: 'talk 1' },
      { id: '2', title: 'talk 2' },
    ],
  });
});

test('the rows of children are shown for each table', async () => {
  const children = `  children:
    - { at: lines, table: shop_lines, parent: { shop_id: id }, position: line, key: [shop_id, line], fields: { sku: { type: text } } }
`;
  await writeFile(join(folder, 'shop.yaml'), shop(children));
  answer = { body: { data: [{ ...rows[0], lines: [{ sku: 'a' }, { sku: 'b' }] }, rows[1]] } };

  const shown = await run('shop.yaml');
  const told = await run('shop.yaml', '--json');

  expect(shown.code).toBe(0);
  expect(shown.out).toMatch(/2 rows of shop_lines\n\s*shop_id +line +sku/);
  expect(JSON.parse(told.out)).toMatchObject({
    rows: [{ id: '1', _children: expect.stringMatching(/^[0-9a-f]{16}$/) }, { _children: null }],
    children: [
      {
        table: 'shop_lines',
        columns: ['shop_id', 'line', 'sku'],
        rows: [
          { shop_id: '1', line: '0', sku: 'a' },
          { shop_id: '1', line: '1', sku: 'b' },
        ],
      },
    ],
  });
});

test('the page that follows a record is shown, and no last page where the next one cannot be told', async () => {
  const keyset = (path: string): string =>
    shop().replace(
      /paginate: .*/,
      `paginate: { kind: keyset, after: { since: changed_at, after_id: ${path} }, size: { param: size, value: 2 } }`,
    );
  await writeFile(join(folder, 'shop.yaml'), keyset('id'));
  await writeFile(join(folder, 'wrong.yaml'), keyset('nr'));
  answer = { body: { data: rows } };

  const shown = await run('shop.yaml', '--partition', 'region=us');
  const wrong = await run('wrong.yaml', '--partition', 'region=us');

  expect(shown.out).toMatch(/^Next page: .*since=2024-05-02T00%3A00%3A00Z.*after_id=2/m);
  expect(shown.code).toBe(0);
  expect(wrong.out).toContain('nothing at "nr": correct paginate.after.after_id');
  expect(wrong.out).not.toContain('Next page');
  expect(wrong.code).toBe(1);
});
