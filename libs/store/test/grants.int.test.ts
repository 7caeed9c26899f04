import {
  freshPostgres,
  makeServiceRoles,
  type PostgresServer,
  type RoleUrls,
} from '@tidemark/testkit';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { asOwner } from '../src/index.ts';
import { migrate } from '../src/migrate.ts';

let server: PostgresServer;
let urls: RoleUrls;
const pools: pg.Pool[] = [];

function connect(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url, max: 1 });
  pool.on('error', () => undefined);
  pools.push(pool);
  return pool;
}

type Roles = Readonly<Record<'admin' | keyof RoleUrls, pg.Pool>>;
let as: Roles;

beforeAll(async () => {
  server = await freshPostgres();
  urls = await makeServiceRoles(server.url);
  await migrate(urls.watermark);
  as = {
    admin: connect(server.url),
    watermark: connect(urls.watermark),
    extractor: connect(urls.extractor),
    loader: connect(urls.loader),
    reader: connect(urls.reader),
  };
  await makeTarget('public.things');
});

afterAll(async () => {
  await Promise.all(pools.map(async (pool) => pool.end()));
  await server?.stop();
});

/** As the watermark service makes one. */
async function makeTarget(name: string): Promise<void> {
  const client = await as.watermark.connect();
  try {
    await client.query('begin');
    await asOwner(client, async () => {
      await client.query(
        `create table ${name} (id bigint primary key, _run_id uuid, _batch_id bigint, _asked_at timestamptz)`,
      );
    });
    await client.query('commit');
  } finally {
    client.release();
  }
}

const DENIED = '42501';
const READ_ONLY = '25006';

/** The SQLSTATE of a refusal; undefined where the statement went through. */
async function refusalOf(role: keyof Roles, sql: string): Promise<string | undefined> {
  try {
    await as[role].query(sql);
    return undefined;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return error.code;
    throw error;
  }
}

const tables = async (): Promise<string[]> => {
  const { rows } = await as.admin.query<{ name: string }>(
    `select 'tidemark.' || relname as name from pg_class
      where relnamespace = 'tidemark'::regnamespace and relkind in ('r', 'v') order by 1`,
  );
  return rows.map(({ name }) => name);
};

describe('what was made belongs to the owner, whoever made it', () => {
  test('every table, view and function of the schema, and the target', async () => {
    const { rows } = await as.admin.query(
      `select distinct pg_get_userbyid(owner) as owner
         from (select relowner as owner from pg_class
                where relkind in ('r', 'v', 'S') and relnamespace in ('tidemark'::regnamespace, 'public'::regnamespace)
               union all
               select proowner from pg_proc where pronamespace = 'tidemark'::regnamespace) as things`,
    );
    expect(rows).toEqual([{ owner: 'tidemark_owner' }]);
  });

  test('to act as the owner ends with the statements that it was for', async () => {
    const client = await as.watermark.connect();
    try {
      await client.query('begin');
      const who = async () => (await client.query('select current_user')).rows[0];
      expect(await asOwner(client, who)).toEqual({ current_user: 'tidemark_owner' });
      expect(await who()).toEqual({ current_user: 'tidemark_watermark' });
      await client.query('rollback');
    } finally {
      client.release();
    }
  });

  test('again and at the same time, migrations and roles change nothing', async () => {
    await Promise.all([migrate(urls.watermark), migrate(urls.watermark)]);
    await makeServiceRoles(server.url);
    expect(await refusalOf('reader', 'select from tidemark.collector_runs')).toBeUndefined();
    expect(await refusalOf('loader', 'select from tidemark.collectors')).toBe(DENIED);
  });
});

describe('the extractor', () => {
  test('calls its two functions', async () => {
    const admitted = await as.extractor.query(
      `select verdict from tidemark.admit(gen_random_uuid(), 0, 1, 0, 'api', array['api'], 1, null)`,
    );
    expect(admitted.rows).toEqual([{ verdict: 'stop' }]);
    const recorded = await as.extractor.query(
      `select verdict from tidemark.record_page(gen_random_uuid(), 0, 1, 0, 'd', 1, 'page', false, '[]', null, null, 0)`,
    );
    expect(recorded.rows).toEqual([{ verdict: 'stop' }]);
  });

  test('sees no table of Tidemark', async () => {
    const seen = await Promise.all(
      (await tables()).map((name) => refusalOf('extractor', `select from ${name}`)),
    );
    expect(seen.length).toBeGreaterThan(12);
    expect(new Set(seen)).toEqual(new Set([DENIED]));
  });

  test('neither reads nor writes a target, makes none, and adds no column to one', async () => {
    const attempts = [
      'select id from things',
      'insert into things (id) values (1)',
      'update things set id = 2',
      'delete from things',
      'drop table things',
      'create table mine (id bigint)',
      `select tidemark.add_target_column('public.things', 'x', 'text', 'x', null, null)`,
      'set role tidemark_owner',
      'set role tidemark_loader',
    ];
    for (const sql of attempts) expect(await refusalOf('extractor', sql), sql).toBe(DENIED);
  });

  test('calls no other function', async () => {
    const { rows } = await as.extractor.query<{ name: string }>(
      `select proname as name from pg_proc
        where pronamespace = 'tidemark'::regnamespace and has_function_privilege(oid, 'execute') order by 1`,
    );
    expect(rows.map(({ name }) => name)).toEqual(['admit', 'record_page']);
  });
});

describe('the loader', () => {
  test('writes a target, and adds a column to it by the one function', async () => {
    await as.loader.query('insert into things (id) values (1)');
    await as.loader.query(
      `select tidemark.add_target_column('public.things', 'colour', 'text', 'colour', null, null)`,
    );
    expect((await as.loader.query('select id, colour from things')).rows).toEqual([
      { id: '1', colour: null },
    ]);
  });

  test('drops, empties and changes no table, and makes none', async () => {
    const attempts = [
      'drop table things',
      'truncate things',
      'alter table things drop column id',
      'alter table things add column y text',
      'create table mine (id bigint)',
      'create schema mine',
      'drop table tidemark.batches',
      'truncate tidemark.batches',
      'drop schema tidemark cascade',
      'set role tidemark_owner',
    ];
    for (const sql of attempts) expect(await refusalOf('loader', sql), sql).toBe(DENIED);
  });

  test('plans no run and registers no collector', async () => {
    const attempts = [
      `insert into tidemark.collector_runs (id) values (gen_random_uuid())`,
      `insert into tidemark.chunks (run_id) values (gen_random_uuid())`,
      `insert into tidemark.collectors (name) values ('x')`,
      `update tidemark.definitions set revision = ''`,
      `update tidemark.target_columns set type = 'text; drop table things'`,
      `delete from tidemark.batches`,
      `select from tidemark.commands`,
    ];
    for (const sql of attempts) expect(await refusalOf('loader', sql), sql).toBe(DENIED);
  });

  test('adds no column to a table that is no target, nor one of another kind of type', async () => {
    const other = `select tidemark.add_target_column('tidemark.runs_of_others', 'x', 'text', 'x', null, null)`;
    const none = `select tidemark.add_target_column('tidemark.collectors', 'x', 'text', 'x', null, null)`;
    const injected = `select tidemark.add_target_column('public.things', 'z', 'text; drop table public.things', 'z', null, null)`;
    expect(await refusalOf('loader', other)).toBe('42P01');
    expect(await refusalOf('loader', none)).toBe('42809');
    expect(await refusalOf('loader', injected)).toBe('23514');
  });
});

describe('who reads', () => {
  test('reads everything: tables, the views of the schema, targets', async () => {
    for (const name of [...(await tables()), 'public.things']) {
      expect(await refusalOf('reader', `select * from ${name}`), name).toBeUndefined();
    }
    const call = `select tidemark.get_last_successful_watermark('x')`;
    expect(await refusalOf('reader', call)).toBeUndefined();
  });

  test('writes nothing, also when it takes back that it only reads', async () => {
    const attempts = [
      `update tidemark.collectors set enabled = false`,
      `delete from tidemark.dead_letters`,
      `insert into things (id) values (7)`,
      `drop table things`,
      `create table mine (id bigint)`,
    ];
    for (const sql of attempts) expect(await refusalOf('reader', sql), sql).toBe(READ_ONLY);
    const url = new URL(urls.reader);
    url.searchParams.set('options', '-c default_transaction_read_only=off');
    const writing = connect(url.href);
    const functions = [
      `select * from tidemark.admit(gen_random_uuid(), 0, 1, 0, 'api', array['api'], 1, null)`,
      `select tidemark.cancel_run(gen_random_uuid(), 'no')`,
      `set role tidemark_owner`,
    ];
    for (const sql of [...attempts, ...functions]) {
      await expect(writing.query(sql), sql).rejects.toMatchObject({ code: DENIED });
    }
  });
});

test('a definition that makes the planner read as the owner finds no way to write', async () => {
  // What a worklist's `select` could try in the session of the watermark service: see read-select.ts.
  const client = await as.watermark.connect();
  try {
    await client.query('begin; set local transaction_read_only = on');
    const sql = `select set_config('role', 'tidemark_owner', true), set_config('transaction_read_only', 'off', true)`;
    await expect(client.query(sql)).rejects.toMatchObject({ code: '25001' });
  } finally {
    await client.query('rollback');
    client.release();
  }
});

test('an installation with one user for all is handed over as it is', async () => {
  await as.admin.query('create database grown');
  const url = new URL(server.url);
  url.pathname = '/grown';
  await migrate(url.href);
  const before = connect(url.href);
  await before.query(`create schema sales`);
  await before.query(
    `create table sales.orders (id bigint primary key, _run_id uuid, _batch_id bigint, _asked_at timestamptz)`,
  );
  await before.query(`create table public.other_people (id bigint)`);

  const handed = await makeServiceRoles(url.href);
  await migrate(handed.watermark);

  const loader = connect(handed.loader);
  await loader.query('insert into sales.orders (id) values (1)');
  await loader.query(
    `select tidemark.add_target_column('sales.orders', 'extra', 'text', 'extra', null, null)`,
  );
  await expect(loader.query('select from public.other_people')).rejects.toMatchObject({
    code: DENIED,
  });
  const reader = connect(handed.reader);
  expect((await reader.query('select id, extra from sales.orders')).rowCount).toBe(1);
  const extractor = connect(handed.extractor);
  await expect(extractor.query('select from sales.orders')).rejects.toMatchObject({ code: DENIED });
});

test('whoever may make roles and owns the database is administrator enough', async () => {
  await as.admin.query(`create role keeper login createrole password 'keeper'`);
  // Roles that another role made are not its own to change; where a server is shared, its administrator grants them.
  await as.admin.query(
    `grant tidemark_owner, tidemark_watermark, tidemark_extractor, tidemark_loader, tidemark_reader to keeper with admin option`,
  );
  await as.admin.query('create database kept owner keeper');
  const url = new URL(server.url);
  url.pathname = '/kept';
  url.username = 'keeper';
  url.password = 'keeper';
  const kept = await makeServiceRoles(url.href);
  await migrate(kept.watermark);
  const reader = connect(kept.reader);
  expect((await reader.query('select from tidemark.collector_runs')).rowCount).toBe(0);
});
