import { startClientOrders, type ClientOrdersSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack, type TestStack } from './stack/test-stack.ts';

// Jobs by parameters: client × route, each with a raw table of its own, month by month.

let source: ClientOrdersSimulator;
let stack: TestStack;

const jobs = [2151, 2152].flatMap((client) =>
  (['pedidos', 'notas'] as const).map((route) => ({
    client,
    route,
    table: `dados_raw_cliente_${client}_${route}`,
  })),
);
const definition = (name: string, url: string, more: string): string => `
extends: client-orders
name: ${name}
source: { baseUrl: '${url}', rate: { requests: 1000, per: 1s }, retryDelay: 50ms }
incremental: { from: '2024-12', to: '2025-01' }
${more}
`;

beforeAll(async () => {
  source = await startClientOrders({
    clients: [2151, 2152, 2170],
    apiKey: 'chave-secreta',
    hasStrays: true,
    hasRepeats: true,
    growingRows: 3,
  });
  stack = await startTestStack({
    definitions: {
      'client-orders.yaml': definition('client-orders', source.url, ''),
      'all-orders.yaml': definition(
        'all-orders',
        source.url,
        `partitions: { product: null, query: 'select client, route from public.jobs', keys: [client, route] }
target: { table: 'all_{route}_{client}' }`,
      ),
    },
    envOf: { extractor: { TIDEMARK_SECRET_CLIENT_ORDERS: 'chave-secreta' } },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source?.stop();
});

test('each job has its table before the first run: payload, unique hash, indexed date', async () => {
  for (const { table } of jobs) {
    expect(await indexesOf(table)).toEqual([
      expect.stringMatching(/^UNIQUE .* \(content_hash\)$/),
      expect.stringMatching(/^UNIQUE .* \(id\)$/),
      expect.stringMatching(/^INDEX .* \(reference_date\)$/),
    ]);
  }
});

test('the first run loads every record of every job once, under its own date', async () => {
  const run = await stack.run('client-orders');

  expect(run, await stack.describe(run.id)).toMatchObject({
    status: 'success',
    records_rejected: 0,
  });
  let rows = 0;
  for (const job of jobs) {
    await expectContent(job.table, source.control.content(job.client, job.route));
    rows += source.control.content(job.client, job.route).length;
  }
  expect(run.records_inserted).toBe(rows);
  // Records that came on two pages, or with a month that is not theirs.
  expect(run.records_unchanged + run.records_stale).toBeGreaterThan(0);
});

test('a client and a period are asked for by themselves', async () => {
  source.control.resetStats();

  const run = await stack.run('client-orders', {
    mode: 'full',
    partition: { client: 2151, route: 'pedidos' },
    window: { from: '2025-01-01', to: '2025-01-31' },
  });

  expect(run, await stack.describe(run.id)).toMatchObject({
    status: 'success',
    records_inserted: 0,
  });
  expect(Object.keys(source.stats.byPath)).toEqual(['/2151/pedidos']);
  expect(source.requests.every(({ target }) => target.includes('data_inicial=2025-01-01'))).toBe(
    true,
  );
});

test('what changed is one more row each; nothing that was collected is lost', async () => {
  const before = source.control.content(2152, 'pedidos');
  const days = { from: '2025-01-05', to: '2025-01-20' };
  source.control.revise({ client: 2152, route: 'pedidos', ...days, count: 12 });
  source.control.add({ client: 2152, route: 'pedidos', day: '2025-01-07', count: 5 });

  const run = await stack.run('client-orders');

  expect(run, await stack.describe(run.id)).toMatchObject({
    status: 'success',
    records_inserted: 17,
    records_updated: 0,
  });
  const after = source.control.content(2152, 'pedidos');
  await expectContent('dados_raw_cliente_2152_pedidos', [...new Set([...before, ...after])]);
});

test('a job that comes by a query gets its table when it is planned, and no other row is touched', async () => {
  await stack.pool.query('create table public.jobs (client integer, route text)');
  await stack.pool.query(`insert into public.jobs values (2170, 'notas')`);

  const run = await stack.run('all-orders');

  expect(run, await stack.describe(run.id)).toMatchObject({ status: 'success' });
  await expectContent('all_notas_2170', source.control.content(2170, 'notas'));
  await stack.pool.query(`insert into public.jobs values (2170, 'pedidos')`);
  const second = await stack.run('all-orders');
  expect(second, await stack.describe(second.id)).toMatchObject({
    status: 'success',
    records_inserted: source.control.content(2170, 'pedidos').length,
  });
  await expectContent('all_pedidos_2170', source.control.content(2170, 'pedidos'));
});

test('a value that cannot be part of a name refuses the run, with the reason', async () => {
  await stack.pool.query(`insert into public.jobs values (2170, 'não')`);

  const runId = await stack.startRun('all-orders');

  const answer = await waitFor(
    async () => {
      const { rows } = await stack.pool.query<{ outcome: string; reasons: string[] }>(
        'select outcome, reasons from tidemark.commands where payload like $1',
        [`%${runId}%`],
      );
      return rows[0];
    },
    { what: 'the answer' },
  );
  expect(answer).toEqual({
    outcome: 'refused',
    reasons: [expect.stringContaining('the value "não" of "route" cannot be part')],
  });
});

test('a rehearsal is of one job', async () => {
  const partition = { client: 2151, route: 'notas' };
  source.control.add({ client: 2151, route: 'notas', day: '2025-01-09', count: 3 });

  const run = await stack.run('client-orders', { rehearse: true, partition });

  expect(run, await stack.describe(run.id)).toMatchObject({
    status: 'success',
    records_inserted: 3,
  });
  const { rows } = await stack.pool.query(
    `select count(*)::int as rows from public.dados_raw_cliente_2151_notas`,
  );
  expect(rows).toEqual([{ rows: source.control.content(2151, 'notas').length - 3 }]);
  const report = await waitFor(
    async () => {
      const found = await stack.pool.query<{ report: unknown }>(
        'select report from tidemark.collector_runs where id = $1',
        [run.id],
      );
      return found.rows[0]?.report;
    },
    { what: 'the report' },
  );
  expect(report).toMatchObject({ rows_inserted: 3, rows_updated: 0 });
  expect(report).not.toHaveProperty('error');
});

async function indexesOf(table: string): Promise<string[]> {
  const { rows } = await stack.pool.query<{ line: string }>(
    `select regexp_replace(indexdef, '^CREATE ', '') as line from pg_indexes where tablename = $1`,
    [table],
  );
  return rows.map(({ line }) => line).toSorted((a, b) => order(a) - order(b));
}

const order = (line: string): number =>
  ['(content_hash)', '(id)', '(reference_date)'].findIndex((end) => line.endsWith(end));

/** The oracle: exactly these payloads, each under its own date. Numbers count by their value, not by their zeros. */
async function expectContent(table: string, contents: readonly string[]): Promise<void> {
  const { rows } = await stack.pool.query(
    `with expected as (select value from jsonb_array_elements($1::jsonb)),
          actual as (select payload - 'consultado_em' as value from public.${table})
     select (select count(*)::int from actual) as rows,
            (select count(*)::int from (table expected except all table actual) as m) as missing,
            (select count(*)::int from (table actual except all table expected) as m) as extra,
            (select count(*)::int from public.${table}
              where reference_date::text is distinct from payload ->> 'data') as misdated`,
    [`[${contents.join(',')}]`],
  );
  expect(rows).toEqual([{ rows: contents.length, missing: 0, extra: 0, misdated: 0 }]);
}
