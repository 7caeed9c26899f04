import { expect, test } from 'vitest';
import { Definition } from './definition/definition.ts';
import { hasJobs, jobOf, jobsOf } from './jobs.ts';

const definition = Definition.parse({
  name: 'orders',
  source: { name: 'shop', baseUrl: 'https://shop.example' },
  partitions: [{ client: 2151, route: 'pedidos' }],
  request: { path: '/{client}/{route}' },
  incremental: { kind: 'full' },
  target: { kind: 'raw', table: 'dados_raw_cliente_{client}_{route}' },
});

test('a job is the definition with its own table', () => {
  const job = jobOf(definition, { client: 2151, route: 'pedidos' });

  expect(hasJobs(definition)).toBe(true);
  expect(hasJobs(job)).toBe(false);
  expect(job).toEqual({
    ...definition,
    target: { ...definition.target, table: 'dados_raw_cliente_2151_pedidos' },
  });
});

test('a definition without values in its names has one job for all partitions', () => {
  const plain = { ...definition, target: { ...definition.target, table: 'orders' } };

  expect(jobsOf(plain, [{ client: 1 }, { client: 2 }])).toEqual([
    { definition: plain, partitions: ['{"client":1}', '{"client":2}'] },
  ]);
});

test('partitions that differ in other values share the table of their job', () => {
  const jobs = jobsOf(definition, [
    { client: 1, route: 'a', period: '2025-01' },
    { client: 1, route: 'a', period: '2025-02' },
    { client: 2, route: 'a', period: '2025-01' },
  ]);

  expect(
    jobs.map(({ definition: job, partitions }) => [job.target.table, partitions.length]),
  ).toEqual([
    ['dados_raw_cliente_1_a', 2],
    ['dados_raw_cliente_2_a', 1],
  ]);
});

test.each([
  ['Notas-Fiscais', 'dados_raw_cliente_7_notas_fiscais'],
  ['v1.2 beta', 'dados_raw_cliente_7_v1_2_beta'],
])('a value is made a part of a name: %s', (route, table) => {
  expect(jobOf(definition, { client: 7, route }).target.table).toBe(table);
});

test.each([['é'], ['a"; drop table x; --'], [''], ['a/b'], ['x'.repeat(60)]])(
  'a value that cannot be a part of a name is refused: %s',
  (route) => {
    expect(() => jobOf(definition, { client: 7, route })).toThrow(
      expect.objectContaining({ code: 'PLAN_REFUSED' }),
    );
  },
);

test('a name that begins with a digit, and a value that is missing, are refused', () => {
  const bare = { ...definition, target: { ...definition.target, table: '{client}_raw' } };

  expect(() => jobOf(bare, { client: 7, route: 'a' })).toThrow('begins with a digit');
  expect(() => jobOf(definition, { client: 7 })).toThrow('the value null of "route"');
});

test.each([
  [
    { client: 1, route: 'a_b' },
    { client: 1, route: 'a-b' },
  ],
  [
    { client: 'x_y', route: 'z' },
    { client: 'x', route: 'y_z' },
  ],
])('different values never share a table: %o and %o', (one, other) => {
  expect(() => jobsOf(definition, [one, other])).toThrow('would both be loaded into public.dados');
});
