import { Definition } from '@tidemark/collector-sdk';
import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findRowTarget } from '../src/replay/row-target.ts';

let database: FreshDatabase;
beforeAll(async () => {
  database = await freshDatabase();
});
afterAll(() => database.drop());

test('a row of a job names its children as the definition does, since the loader writes it so', async () => {
  const definition = Definition.parse({
    name: 'orders',
    source: { name: 'shop', baseUrl: 'https://api.example.org' },
    request: { path: '/orders' },
    incremental: { kind: 'full' },
    partitions: [{ shop: 'eu' }],
    target: {
      kind: 'table',
      table: 'orders_{shop}',
      key: ['id'],
      fields: { id: { type: 'bigint' } },
      children: [
        {
          at: 'lines',
          table: 'lines_of_{shop}',
          parent: { order_id: 'id' },
          key: ['order_id', 'sku'],
          fields: { sku: { type: 'text' } },
        },
      ],
    },
  });

  const pool = database.pool();
  await pool.query('create table public.orders_eu (id bigint)');

  const target = await findRowTarget(pool, definition, '{"shop":"eu"}');

  expect(target.children).toEqual([
    { name: 'lines_of_{shop}', columns: ['_children', 'order_id', 'sku'] },
  ]);
});
