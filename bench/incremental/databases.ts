import pg from 'pg';
import type { MeasuredCollector, MeasuredSource } from './measured-source.ts';

interface DatabaseSetting {
  /** Of the database that is made for it. */
  readonly name: string;
  readonly secret: string;
  /** Tables and their first rows. */
  readonly setUp: string;
  readonly collector: Omit<MeasuredCollector, 'expected'>;
  /** Gives what the source holds, as the collector's `actual` gives what the target does. */
  readonly expected: string;
  readonly change: { readonly sql: string; readonly says: string };
}

/** 20,000 conversations, of which some change and some are new. */
export function startConversations(serverUrl: string): Promise<MeasuredSource> {
  const content = (zone: string): string => `
    select jsonb_build_array(conversation_id, contact_name, status, labels, message_count, first_response_seconds,
                             extract(epoch from conversation_created_at${zone}),
                             extract(epoch from conversation_updated_at${zone})) as content
      from public.conversations`;
  return startDatabase(serverUrl, {
    name: 'bench_conversations',
    secret: 'CONVERSATIONS',
    setUp: `
      create table conversations (
        conversation_id bigint primary key, contact_name text, contact_phone text, inbox_name text, status text,
        assignee text, labels text[], message_count int, first_response_seconds numeric,
        conversation_created_at timestamp, conversation_updated_at timestamp);
      create index on conversations (conversation_updated_at, conversation_id);
      insert into conversations
      select n, 'contact ' || n, null, 'WhatsApp', 'open', null, array['a,b', null], n, n / 7.0,
             timestamp '2024-01-01' + n * interval '1 s', timestamp '2024-02-01' + n * interval '61.000003 s'
        from generate_series(1, 20000) as n`,
    collector: {
      name: 'postgres-conversations',
      yaml: 'extends: postgres-conversations\n',
      actual: content(''),
    },
    expected: content(` at time zone 'UTC'`),
    change: {
      sql: `
        update conversations set status = 'resolved', conversation_updated_at = now() at time zone 'UTC'
         where conversation_id % 100 = 0;
        insert into conversations (conversation_id, status, conversation_updated_at)
        select n, 'open', now() at time zone 'UTC' from generate_series(20001, 20050) as n`,
      says: '200 conversations changed, 50 new',
    },
  });
}

/** 50,000 rows of a history that only grows. */
export function startHistory(serverUrl: string): Promise<MeasuredSource> {
  const insert = (count: number, from: string): string => `
    insert into pgbench_history (tid, bid, aid, delta, mtime)
    select n % 10, 1, n, n % 1000 - 500, ${from} from generate_series(1, ${count}) as n`;
  return startDatabase(serverUrl, {
    name: 'bench_history',
    secret: 'PGBENCH',
    setUp: `
      create table pgbench_history (
        tid int, bid int, aid int, delta int, mtime timestamp, filler char(22), hid bigint generated always as identity);
      create index on pgbench_history (mtime, hid);
      ${insert(50_000, `timestamp '2026-01-01' + n * interval '0.2 s'`)}`,
    collector: {
      name: 'pgbench-history',
      yaml: 'extends: pgbench-history\n',
      actual: `select jsonb_build_array(hid, tid, bid, aid, delta, extract(epoch from mtime)) as content
                 from public.pgbench_history_collected`,
    },
    expected: `select jsonb_build_array(hid, tid, bid, aid, delta, extract(epoch from mtime at time zone 'UTC')) as content
                 from pgbench_history`,
    change: { sql: insert(500, `now() at time zone 'UTC'`), says: '500 rows more' },
  });
}

async function startDatabase(
  serverUrl: string,
  { name, secret, setUp, collector, expected, change }: DatabaseSetting,
): Promise<MeasuredSource> {
  const admin = new pg.Client({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${pg.escapeIdentifier(name)}`);
  await admin.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href, max: 1 });
  await pool.query(setUp);
  await pool.query('analyze');
  return {
    collectors: [
      {
        ...collector,
        expected: async () => {
          const { rows } = await pool.query<{ text: string }>(
            `select coalesce(jsonb_agg(content), '[]')::text as text from (${expected}) as rows`,
          );
          return rows[0]?.text ?? '[]';
        },
      },
    ],
    secrets: { [`TIDEMARK_SECRET_${secret}`]: url.href },
    counts: undefined,
    change: async () => {
      await pool.query(change.sql);
      return change.says;
    },
    [Symbol.asyncDispose]: () => pool.end(),
  };
}
