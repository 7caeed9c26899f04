import { Definition, canonicalJson, revisionOf } from '@tidemark/collector-sdk';
import { readYamlDefinition } from '@tidemark/collector-sdk/yaml';
import { registry } from '@tidemark/collectors';
import { type Queryable, registerCollector, reportCollector } from '@tidemark/store';
import { type FreshDatabase, freshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runInTest } from './run-in-test.ts';

const shop = Definition.parse({
  name: 'shop',
  description: 'Orders: all of them',
  source: { name: 'shop', baseUrl: 'https://shop.example.com' },
  partitions: [{ region: 'eu' }, { region: 'us' }],
  request: { path: '/{region}/orders' },
  incremental: { kind: 'cursor', field: 'at', from: 'since', start: '2024-01-01' },
  target: {
    kind: 'table',
    schema: 'sales',
    table: 'orders',
    key: ['id'],
    fields: { id: { type: 'bigint' }, at: { type: 'timestamptz' } },
  },
  schedule: { cron: '*/5 * * * *' },
});

let database: FreshDatabase;
let pool: pg.Pool;
let env: NodeJS.ProcessEnv;

beforeAll(async () => {
  database = await freshDatabase();
  pool = database.pool();
  env = { DATABASE_URL: database.url };
});

afterAll(async () => {
  await database.drop();
});

async function register(definition: Definition): Promise<void> {
  const { name } = definition;
  await registerCollector(pool as Queryable, {
    name,
    revision: revisionOf(definition),
    definition: canonicalJson(definition),
    origin: definition === shop ? 'shop.yaml' : null,
  });
}

test('before anything is registered, list says so and succeeds', async () => {
  expect(await runInTest(['collectors', 'list'], env)).toMatchObject({
    code: 0,
    out: '',
    err: expect.stringContaining('No collector is registered yet'),
  });
  expect((await runInTest(['collectors', 'list', '--json'], env)).out).toBe('[]\n');
});

test('list tells of each collector how it is, what it asks by, where it writes and where it comes from', async () => {
  await register(shop);
  for (const definition of registry.definitions) await register(definition);
  await reportCollector(pool as Queryable, {
    name: 'broken',
    status: 'invalid',
    reason: 'broken.yaml: name: is not there',
    origin: 'broken.yaml',
  });

  const { code, out } = await runInTest(['collectors', 'list'], env);
  const rows = JSON.parse((await runInTest(['collectors', 'list', '--json'], env)).out);

  expect(code).toBe(0);
  const lines = out.split('\n').map((line) => line.split(/ {2,}/));
  expect(lines).toContainEqual([
    'shop',
    'yes',
    'ready',
    'cursor',
    'sales.orders',
    '*/5 * * * * UTC',
    'file',
  ]);
  expect(lines).toContainEqual(['broken', 'yes', 'invalid', '–', '–', '–', 'file']);
  const named = Object.fromEntries(
    (rows as { name: string }[]).map((row) => [row.name, row] as const),
  );
  expect(Object.keys(named)).toEqual(
    ['broken', 'shop', ...registry.definitions.map(({ name }) => name)].toSorted(),
  );
  expect(named).toMatchObject({
    broken: { enabled: true, status: 'invalid', revision: null, incremental_kind: null },
    shop: {
      revision: revisionOf(shop),
      incremental_kind: 'cursor',
      target_schema: 'sales',
      target_table: 'orders',
      schedule_cron: '*/5 * * * *',
      schedule_zone: 'UTC',
      origin: 'file',
    },
    'usgs-earthquakes': { origin: 'built-in' },
    'world-bank': { origin: 'built-in', incremental_kind: 'periods' },
  });
});

test('show has state, watermarks, last runs, and a definition that reads back as it was', async () => {
  await pool.query(
    `insert into tidemark.watermarks (collector_name, partition, unit, floor, covered)
     values ('shop', '{"region":"eu"}', 'time', 1704067200000000,
             '{[1704067200000000,1735689600000000),[1738368000000000,1740787200000000)}'),
            ('shop', '{"region":"us"}', 'time', 1704067200000000, '{[1738368000000000,1740787200000000)}')`,
  );
  await pool.query(
    `insert into tidemark.collector_runs (id, collector_name, class, mode, status, triggered_by, revision, completed_at)
     values ('0197f6a0-0000-7000-8000-000000000001', 'shop', 'live', 'full', 'partial', 'test', $1, clock_timestamp())`,
    [revisionOf(shop)],
  );

  const { code, out } = await runInTest(['collectors', 'show', 'shop'], env);
  const shown = JSON.parse((await runInTest(['collectors', 'show', 'shop', '--json'], env)).out);

  expect(code).toBe(0);
  expect(out).toContain(revisionOf(shop));
  expect(out).toMatch(/\{"region":"eu"\} +2024-01-01 00:00:00Z +2025-01-01 00:00:00Z +1 /);
  expect(out).toMatch(/\{"region":"us"\} +2024-01-01 00:00:00Z +– +1 /);
  expect(out).toMatch(/0197f6a0-0000-7000-8000-000000000001 +shop +full +partial/);
  const [, yaml = ''] = out.split('Definition\n');
  expect(readYamlDefinition(yaml, [])).toEqual({ value: JSON.parse(JSON.stringify(shop)) });
  expect(yaml.startsWith('name: shop\n')).toBe(true);
  expect(shown).toMatchObject({
    name: 'shop',
    origin: 'file',
    definition: { name: 'shop' },
    watermarks: [
      {
        partition: '{"region":"eu"}',
        low_water_mark: '2025-01-01T00:00:00.000Z',
        holes: 1,
        covered: [
          { from: '2024-01-01T00:00:00.000Z', to: '2025-01-01T00:00:00.000Z' },
          { from: '2025-02-01T00:00:00.000Z', to: '2025-03-01T00:00:00.000Z' },
        ],
      },
      { low_water_mark: null, holes: 1 },
    ],
    last_runs: [{ status: 'partial' }],
  });
});

test.each([
  ['full', 'It has none: each run asks for everything.'],
  ['snapshot', 'It has none: each run asks for everything.'],
  ['worklist', 'It has none: each id has its own state.'],
  ['token', 'It has none: the source is told the token that it gave last.'],
  ['cursor', 'Nothing is loaded yet.'],
])('of a collector that asks by %s without a watermark, show says: %s', async (kind, says) => {
  await pool.query(
    `insert into tidemark.collectors (name, status, revision, definition)
     values ('by-' || $1, 'ready', '0123456789abcdef', jsonb_build_object('incremental', jsonb_build_object('kind', $1::text)))`,
    [kind],
  );

  const { out } = await runInTest(['collectors', 'show', `by-${kind}`], env);

  expect(out).toContain(`Watermarks\n${says}\n`);
});

test('periods have marks, too: the newest that was loaded, and how many never were', async () => {
  await pool.query(
    `insert into tidemark.items (collector_name, partition, key, kind, last_success_at, checked_at)
     values ('world-bank', '{"indicator":"A"}', '2004', 'period', clock_timestamp(), clock_timestamp()),
            ('world-bank', '{"indicator":"A"}', '2005', 'period', null, clock_timestamp())`,
  );

  const { out } = await runInTest(['collectors', 'show', 'world-bank'], env);

  expect(out).toMatch(/\{"indicator":"A"\} +2004 +2004 +1 /);
});

test('a collector whose definition was never valid is shown with the reason', async () => {
  const { code, out } = await runInTest(['collectors', 'show', 'broken'], env);

  expect(code).toBe(0);
  expect(out).toContain('broken.yaml: name: is not there');
  expect(out).not.toContain('Definition');
});

test.each([
  [['show', 'nothing'], 1, /COLLECTOR_UNKNOWN.*collectors list/],
  [['enable', 'nothing'], 1, /COLLECTOR_UNKNOWN/],
  [['disable', 'nothing'], 1, /COLLECTOR_UNKNOWN/],
  [['show', 'Big Name'], 2, /no name of a collector/],
  [['show'], 2, /missing required argument/],
  [['remove', 'shop'], 2, /unknown command/],
])('collectors %j ends with exit code %d', async (args, code, says) => {
  const result = await runInTest(['collectors', ...args], env);

  expect(result).toMatchObject({ code, out: '' });
  expect(result.err).toMatch(says);
});
