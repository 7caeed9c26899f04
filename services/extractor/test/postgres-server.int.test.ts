import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { SqlDefinitionInput } from '@tidemark/collector-sdk';
import { freshPostgres, waitFor, type PostgresServer } from '@tidemark/testkit';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startWorld, type RawBatch, type World } from './extractor-world.ts';
import { startTlsFront, testCertificate, type TlsFront } from './start-tls-front.ts';

let server: PostgresServer;
let front: TlsFront;
let db: pg.Pool;
let world: World;
let names = 0;

beforeAll(async () => {
  server = await freshPostgres({ settings: { max_prepared_transactions: '2' } });
  front = await startTlsFront(server.url);
  db = new pg.Pool({ connectionString: server.url, max: 4 });
  // One test kills the server, and with it connections that are idle.
  db.on('error', () => undefined);
  await db.query(`
    create role reader login password 'reader-pass';
    create role writer login password 'writer-pass';
    create table late (id bigint, changed_at timestamptz default now());
    grant select on late to reader;
    grant insert on late to writer`);
  world = await startWorld({
    TIDEMARK_SECRET_OWNER: server.url,
    TIDEMARK_SECRET_READER: withUrl(server.url, as('reader')),
    TIDEMARK_SECRET_ENCRYPTED: withUrl(server.url, (url) => (url.port = String(front.port))),
  });
});

afterAll(async () => {
  await world?.[Symbol.asyncDispose]();
  await front?.[Symbol.asyncDispose]();
  await db?.end();
  await server?.stop();
});

function withUrl(text: string, change: (url: URL) => void): string {
  const url = new URL(text);
  change(url);
  return url.href;
}

function as(user: string): (url: URL) => void {
  return (url) => {
    url.username = user;
    url.password = `${user}-pass`;
  };
}

function collectorOf(
  source: Partial<SqlDefinitionInput['source']> & { readonly secret: string },
  sql = 'select * from late',
): SqlDefinitionInput {
  names += 1;
  const name = `server-${names}`;
  return {
    name,
    source: { kind: 'postgres', name, attempts: 1, ...source },
    request: { kind: 'sql', sql },
    incremental: { kind: 'cursor', field: 'changed_at', tie: 'id', start: '2000-01-01' },
    target: {
      kind: 'table',
      table: 'late',
      key: ['id'],
      fields: { id: { type: 'bigint' }, changed_at: { type: 'timestamptz' } },
    },
  };
}

interface Read {
  readonly batches: readonly RawBatch[];
  readonly bound: bigint;
}

async function read(input: SqlDefinitionInput): Promise<Read> {
  const definition = await world.add(input);
  const runId = await world.run(definition, { cursor: { from: '0', to: null } });
  const batches = await world.finished(runId);
  if (batches.some(({ failure }) => failure)) return { batches, bound: 0n };
  const [page] = await waitFor(
    async () => {
      const found = await world.pages(runId);
      return found.length > 0 ? found : undefined;
    },
    { what: 'a page' },
  );
  return { batches, bound: BigInt(page?.bound ?? 0) };
}

async function clock(): Promise<bigint> {
  const { rows } = await db.query<{ us: string }>(
    `select floor(extract(epoch from clock_timestamp()) * 1000000)::text as us`,
  );
  return BigInt(rows[0]?.us ?? 0);
}

test('a prepared transaction holds the bound at the moment when it was prepared', async () => {
  const session = await db.connect();
  await session.query('begin');
  await session.query('insert into late values (1)');
  await session.query(`prepare transaction 'two-phase'`);
  session.release();
  const preparedUs = await clock();
  await waitFor(async () => (await clock()) > preparedUs + 2_000_000n, { what: 'two seconds' });

  const { bound } = await read(collectorOf({ secret: 'OWNER' }));
  await db.query(`commit prepared 'two-phase'`);
  const afterwards = await read(collectorOf({ secret: 'OWNER' }));

  expect(bound).toBeLessThanOrEqual(preparedUs);
  expect(afterwards.bound).toBeGreaterThan(preparedUs);
});

test('a role that does not see the transactions of others does once it may', async () => {
  const writer = new pg.Client({ connectionString: withUrl(server.url, as('writer')) });
  await writer.connect();
  await writer.query('begin');
  await writer.query('insert into late values (2)');
  const begunUs = await clock();
  await waitFor(async () => (await clock()) > begunUs + 2_000_000n, { what: 'two seconds' });

  const blind = await read(collectorOf({ secret: 'READER' }));
  await db.query('grant pg_read_all_stats to reader');
  const seeing = await read(collectorOf({ secret: 'READER' }));
  await writer.query('commit');
  await writer.end();

  expect(blind.bound).toBeGreaterThan(begunUs);
  expect(seeing.bound).toBeLessThanOrEqual(begunUs);
});

test('a role may read no more than it is granted', async () => {
  const { batches } = await read(
    collectorOf({ secret: 'READER' }, `select 1 as id, now() as changed_at from pg_authid`),
  );

  expect(batches[0]?.failure).toMatchObject({
    code: 'SOURCE_REJECTED',
    reason: expect.stringContaining('42501'),
  });
});

test('an encrypted connection is made, and a certificate that nobody vouches for is refused', async () => {
  const required = await read(collectorOf({ secret: 'ENCRYPTED', tls: 'require' }));
  const refused = await read(collectorOf({ secret: 'ENCRYPTED', tls: 'verify' }));
  const before = getCACertificates('default');
  setDefaultCACertificates([...before, testCertificate]);
  const verified = await read(collectorOf({ secret: 'ENCRYPTED', tls: 'verify' }));
  setDefaultCACertificates(before);

  expect(required.batches[0]?.failure).toBeUndefined();
  expect(refused.batches[0]?.failure).toMatchObject({
    code: 'SOURCE_REJECTED',
    reason: expect.stringContaining('no safe connection'),
  });
  expect(verified.batches[0]?.failure).toBeUndefined();
});

test('a server that goes away is waited for', async () => {
  await db.query(
    `insert into late select n, timestamptz '2024-01-01Z' from generate_series(10, 15) as n`,
  );
  const input = collectorOf({ secret: 'OWNER', attempts: 20, retryDelay: '100ms' });
  const definition = await world.add(input);
  await server.kill();

  const runId = await world.run(definition, { cursor: { from: '0', to: '1800000000000000' } });
  await server.restart();
  const batches = await world.finished(runId);

  expect(batches.flatMap(({ records }) => records.map(({ id }) => id))).toEqual(
    expect.arrayContaining([10, 11, 12, 13, 14, 15]),
  );
});
