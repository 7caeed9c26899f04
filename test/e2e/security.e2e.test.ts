import { randomBytes } from 'node:crypto';
import { decodeBody } from '@tidemark/bus';
import { headerNames } from '@tidemark/contracts';
import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { freshDatabase, waitFor, type FreshDatabase } from '@tidemark/testkit';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startGatedSource, type GatedSource } from './stack/gated-source.ts';
import { expectSame, someOrders } from './stack/orders.ts';
import { startRecordSource, type RecordSource } from './stack/record-source.ts';
import { runCli, type CliEnd } from './stack/run-cli.ts';
import { receiveTelemetry, type Telemetry } from './stack/telemetry.ts';
import { startTelltaleSource, type TelltaleSource } from './stack/telltale-source.ts';
import { oneOfEach, startTestStack, type TestStack } from './stack/test-stack.ts';
import { commandLines, filesBelow, SecretFinder } from './stack/traces-of-secrets.ts';

/** Letters and digits by which each secret is found wherever it went. */
const words = {
  query: 'Qx41queryKey',
  header: 'Hx42headerKey',
  bearer: 'Bx43bearerToken',
  basic: 'Px44basicPassword',
  client: 'Cx45clientSecret',
  access: 'Ax46accessToken',
  dsn: 'Dx47databasePassword',
  wrongDsn: 'Wx48wrongPassword',
  elsewhere: 'Ex49otherHost',
  nats: 'Nx50brokerPassword',
  roles: 'Rx51rolePassword',
} as const;
/** As they are: with what URLs, headers and JSON have to escape. */
const secretOf = (name: keyof typeof words): string => `${words[name]}/4 7+"%=`;
const natsPassword = (user: string): string => `${words.nats}${user}`;
const finder = new SecretFinder(Object.values(words));

const formEncoded = (text: string): string => encodeURIComponent(text).replaceAll('%20', '+');
const base64 = (text: string): string => Buffer.from(text).toString('base64');

const DAY_MS = 86_400_000;
const FIRST = Date.parse('2024-01-01');
const day = (place: number): string => new Date(FIRST + place * DAY_MS).toISOString().slice(0, 10);
/** Four orders on each of ten days. */
const orders = Array.from({ length: 10 }, (_, place) =>
  someOrders(4, 1 + place * 4, `${day(place)}T08:00:00.000001Z`),
).flat();

let telltale: TelltaleSource;
let records: RecordsSimulator;
let gate: GatedSource;
let lists: RecordSource;
let sourceDatabase: FreshDatabase;
let sourceUser: string;
let telemetry: Telemetry;
let stack: TestStack;
let watcher: NatsConnection;
let streams: JetStreamManager;
const said: CliEnd[] = [];

beforeAll(async () => {
  records = await startRecords({ rows: orders });
  gate = await startGatedSource(records.url);
  lists = await startRecordSource();
  telemetry = await receiveTelemetry();
  telltale = await startTelltaleSource({
    proofs: {
      query: { in: 'query', name: 'appid_k', value: secretOf('query') },
      header: { in: 'header', name: 'x-shop', value: secretOf('header') },
      bearer: { in: 'header', name: 'authorization', value: `Bearer ${secretOf('bearer')}` },
      basic: {
        in: 'header',
        name: 'authorization',
        value: `Basic ${base64(`shop:${secretOf('basic')}`)}`,
      },
      oauth2: { in: 'header', name: 'authorization', value: `Bearer ${words.access}-4.7` },
    },
    token: {
      // As RFC 6749 has it: each is encoded as in a form before they are joined.
      authorization: `Basic ${base64(`shop:${formEncoded(secretOf('client'))}`)}`,
      value: `${words.access}-4.7`,
    },
  });
  await openSourceDatabase();
  stack = await startTestStack({
    definitions: { ...sourceDefinitions(), ...flowDefinitions() },
    env: telemetry.env,
    envOf: { extractor: secretsOfExtractor() },
    guard: {
      natsPasswords: Object.fromEntries(
        ['watermark', 'extractor', 'transformer', 'loader', 'cli'].map((user) => [
          user,
          natsPassword(user),
        ]),
      ),
      databasePasswords: Object.fromEntries(
        ['watermark', 'extractor', 'loader', 'reader'].map((role) => [role, secretOf('roles')]),
      ),
    },
    services: oneOfEach.filter(({ id }) => id === 'watermark' || id === 'extractor'),
  });
  watcher = await connect({
    servers: stack.nats.url,
    user: 'watermark',
    pass: natsPassword('watermark'),
    inboxPrefix: '_INBOX.watermark',
  });
  streams = await jetstreamManager(watcher);
});

afterAll(async () => {
  await watcher?.close();
  await stack?.[Symbol.asyncDispose]();
  await telemetry?.[Symbol.asyncDispose]();
  await lists?.[Symbol.asyncDispose]();
  await gate?.[Symbol.asyncDispose]();
  await telltale?.[Symbol.asyncDispose]();
  await records?.stop();
  const name = pg.escapeIdentifier(sourceUser);
  await sourceDatabase.pool().query(`drop owned by ${name}; drop role ${name}`);
  await sourceDatabase?.drop();
});

async function openSourceDatabase(): Promise<void> {
  sourceDatabase = await freshDatabase();
  sourceUser = `tidemark_source_${randomBytes(4).toString('hex')}`;
  const name = pg.escapeIdentifier(sourceUser);
  await sourceDatabase.pool().query(`
    create role ${name} login password ${pg.escapeLiteral(secretOf('dsn'))};
    create table public.things (id bigint primary key);
    insert into public.things values (1), (2), (3);
    grant select on public.things to ${name}`);
}

function dsnWith(password: string): string {
  const url = new URL(sourceDatabase.url);
  url.username = sourceUser;
  url.password = encodeURIComponent(password);
  return url.href;
}

function secretsOfExtractor(): Record<string, string> {
  return {
    TIDEMARK_SECRET_QUERY: secretOf('query'),
    TIDEMARK_SECRET_HEADER: secretOf('header'),
    TIDEMARK_SECRET_BEARER: secretOf('bearer'),
    TIDEMARK_SECRET_BASIC: `shop:${secretOf('basic')}`,
    TIDEMARK_SECRET_CLIENT: secretOf('client'),
    TIDEMARK_SECRET_DSN: dsnWith(secretOf('dsn')),
    TIDEMARK_SECRET_WRONG_DSN: dsnWith(secretOf('wrongDsn')),
    TIDEMARK_SECRET_ELSEWHERE: secretOf('elsewhere'),
    TIDEMARK_SECRET_ELSEWHERE_HOSTS: 'api.example.org',
  };
}

const auths = {
  query: '{ kind: api-key, in: query, name: appid_k, secret: QUERY }',
  header: '{ kind: api-key, in: header, name: x-shop, secret: HEADER }',
  bearer: '{ kind: bearer, secret: BEARER }',
  basic: '{ kind: basic, secret: BASIC }',
  oauth2: `{ kind: oauth2, tokenUrl: 'TELLTALE/token', clientId: shop, secret: CLIENT }`,
  refused: `{ kind: oauth2, tokenUrl: 'TELLTALE/token', clientId: other, secret: CLIENT }`,
  refused_form: `{ kind: oauth2, tokenUrl: 'TELLTALE/token', clientId: other, secret: CLIENT, client: body }`,
  elsewhere: '{ kind: bearer, secret: ELSEWHERE }',
} as const;
const refusedAtAll = { elsewhere: 'failed', refused: 'failed', refused_form: 'failed' };
/** A page that is there, and ways to be refused. */
const parts = ['there', '401', '403', '500', '302'] as const;

function sourceDefinitions(): Record<string, string> {
  const target = (name: string): string =>
    `target: { kind: table, table: t_${name}, key: [id], fields: { id: { type: bigint } } }`;
  const api = Object.entries(auths).map(([name, auth]) => [
    `${name}.yaml`,
    `
name: ${name}
source:
  name: ${name}
  baseUrl: '${telltale.url}'
  auth: ${auth.replace('TELLTALE', telltale.url)}
  attempts: 2
  retryDelay: 10ms
partitions: [${parts.map((part) => `{ part: '${part}' }`).join(', ')}]
request: { path: '/${name}/{part}' }
paginate: { kind: none }
incremental: { kind: full }
${target(name)}
`,
  ]);
  const databases = ['DSN', 'WRONG_DSN'].map((secret) => {
    const name = secret.toLowerCase();
    return [
      `${name}.yaml`,
      `
name: ${name}
source: { kind: postgres, name: ${name}, secret: ${secret}, attempts: 1 }
request: { kind: sql, sql: 'select * from things', size: 10 }
incremental: { kind: full }
${target(name)}
`,
    ];
  });
  return Object.fromEntries([...api, ...databases]) as Record<string, string>;
}

function flowDefinitions(): Record<string, string> {
  return {
    'flow.yaml': `
name: flow
source: { name: flow, baseUrl: '${gate.url}/flow', attempts: 1, retryDelay: 10ms }
request: { path: /records, records: data, query: { limit: '50' } }
paginate: { kind: cursor, param: cursor, next: next_cursor }
incremental:
  { kind: cursor, field: changed_at, from: updated_after, to: updated_before, start: '2024-01-06' }
target:
  kind: table
  schema: shop
  table: flow
  key: [id]
  version: changed_at
  fields:
    id: { type: bigint }
    name: { type: text }
    amount: { type: numeric }
    changed_at: { path: updated_at, type: timestamptz }
`,
    'grows.yaml': `
name: grows
source: { name: grows, baseUrl: '${lists.url}' }
request: { path: /grows }
paginate: { kind: none }
incremental: { kind: snapshot, deletions: mark, maxDeletedShare: 1 }
target:
  kind: table
  table: grows
  key: [id]
  fields: { id: { type: bigint } }
  contract: { columns: evolve, types: evolve }
`,
    'sheds.yaml': `
name: sheds
source: { name: sheds, baseUrl: '${lists.url}' }
request: { path: /sheds }
paginate: { kind: none }
incremental: { kind: snapshot, deletions: remove, maxDeletedShare: 1 }
target: { kind: table, table: sheds, key: [id], fields: { id: { type: bigint } } }
`,
    'raw.yaml': `
name: raw
source: { name: raw, baseUrl: '${lists.url}' }
request: { path: /sheds }
paginate: { kind: none }
incremental: { kind: full }
target: { kind: raw, table: raw_things }
`,
  };
}

/** All messages of a stream, as text, whatever their bodies are encoded in. */
async function messagesIn(stream: string): Promise<string[]> {
  const { state } = await streams.streams.info(stream);
  const texts: string[] = [];
  for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
    const message = await streams.streams.getMessage(stream, { seq }).catch(() => null);
    if (!message) continue;
    const encoding = message.header.get(headerNames.contentEncoding);
    const body = encoding ? decodeBody(encoding, message.data, 64 * 1024 * 1024) : message.data;
    const headers = [...message.header].map(([name, values]) => `${name}: ${values.join()}`);
    texts.push([message.subject, ...headers, Buffer.from(body).toString()].join('\n'));
  }
  return texts;
}

async function held(stream: string): Promise<number> {
  return (await streams.streams.info(stream)).state.messages;
}

async function cli(...args: string[]): Promise<CliEnd> {
  const end = await runCli(stack, ...args);
  said.push(end);
  return end;
}

describe('a secret goes to its source and nowhere else, whatever happens there', () => {
  const names = [...Object.keys(auths), 'dsn', 'wrong_dsn'];
  const runs = new Map<string, string>();

  test('in no message to the transformer', async () => {
    for (const name of names) runs.set(name, await stack.startRun(name));
    const pages = Object.keys(auths).length * parts.length + 2;
    await waitFor(async () => (await held('RAW_LIVE')) >= pages, {
      what: 'all pages and failures to be published',
    });

    const texts = await messagesIn('RAW_LIVE');

    expect(texts.filter((text) => text.includes('[redacted]')).length).toBeGreaterThan(10);
    expect(texts.flatMap((text) => finder.in(text))).toEqual([]);
  });

  test('in no message to the loader', async () => {
    await stack.start({ id: 'transformer', service: 'transformer' });
    await waitFor(async () => (await held('RAW_LIVE')) === 0, {
      what: 'everything to be mapped',
    });

    const texts = await messagesIn('LOAD_LIVE');

    expect(texts.length).toBeGreaterThan(30);
    expect(texts.flatMap((text) => finder.in(text))).toEqual([]);
  });

  test('each was sent where it belongs, and every refusal became a dead letter', async () => {
    await stack.start({ id: 'loader', service: 'loader' });
    for (const [name, id] of runs) {
      const run = await stack.ended(id);
      const expected = { dsn: 'success', wrong_dsn: 'failed', ...refusedAtAll }[name] ?? 'partial';
      expect(run.status, `${name}: ${await stack.describe(id)}`).toBe(expected);
    }
    for (const name of ['query', 'header', 'bearer', 'basic', 'oauth2']) {
      for (const part of parts)
        expect(telltale.proven(`/${name}/${part}`), name).toBeGreaterThan(0);
    }
    expect(telltale.proven('/elsewhere/there')).toBe(0);
    const { rows } = await stack.pool.query<{ code: string }>(
      'select distinct code from tidemark.dead_letters order by code',
    );
    expect(rows.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['SECRET_NOT_BOUND', 'SOURCE_AUTH_REJECTED']),
    );
  });
});

describe('the whole flow, each service under a user of its own', () => {
  test('a failed part is read again by a retry', async () => {
    gate.refuse(() => true);
    const failed = await stack.run('flow', { window: { from: day(5), to: day(10) } });
    gate.refuse();

    const retried = await cli('retry', failed.id, '--wait');

    expect(failed.status, await stack.describe(failed.id)).toBe('failed');
    expect(retried.code, retried.err).toBe(0);
  });

  test('a rehearsal loads into a table of its own, which is gone when it has told what would change', async () => {
    const rehearsal = await cli('run', 'flow', '--rehearse', '--mode', 'full', '--wait', '--json');

    expect(rehearsal.code, rehearsal.err).toBe(0);
    expect(JSON.parse(rehearsal.out)).toMatchObject({
      mode: 'rehearsal',
      status: 'success',
      report: { rows_inserted: 0, rows_updated: 0, rows_unchanged: 20 },
    });
  });

  test('a backfill brings the past, and a watermark is set back', async () => {
    const past = await cli('backfill', 'flow', '--from', day(0), '--to', day(5), '--wait');
    const plan = await cli('run', 'flow', '--plan');
    const reset = await cli('reset', 'flow', '--to', day(8));
    const again = await cli('run', 'flow', '--wait');

    for (const end of [past, plan, reset, again]) expect(end.code, end.err).toBe(0);
    await stack.pool.query('create view public.flow as select * from shop.flow');
    await expectSame(stack.pool, records, 'flow');
  });

  test('a target grows by what its records bring, and what is gone from a source is marked', async () => {
    lists.set('grows', [{ id: 1 }, { id: 2 }]);
    const first = await stack.run('grows');
    lists.set('grows', [{ id: 2, colour: 'red', size: 4.5 }]);
    const second = await stack.run('grows');

    expect(first.status, await stack.describe(first.id)).toBe('success');
    expect(second.status, await stack.describe(second.id)).toBe('success');
    const { rows } = await stack.pool.query(
      'select id, colour, size, _deleted_at is not null as gone from grows order by id',
    );
    expect(rows).toEqual([
      { id: '1', colour: null, size: null, gone: true },
      { id: '2', colour: 'red', size: '4.5', gone: false },
    ]);
  });

  test('what is gone from a source is removed, where that is asked for', async () => {
    lists.set('sheds', [{ id: 1 }, { id: 2 }]);
    await stack.run('sheds');
    await stack.run('raw');
    lists.set('sheds', [{ id: 2 }]);
    const run = await stack.run('sheds');

    expect(run.status, await stack.describe(run.id)).toBe('success');
    expect((await stack.pool.query('select id from sheds')).rows).toEqual([{ id: '2' }]);
    expect((await stack.pool.query('select from raw_things')).rowCount).toBe(2);
  });

  test('people look, switch off and on, and are told why not', async () => {
    const ends = [
      await cli('status'),
      await cli('collectors', 'show', 'query', '--json'),
      await cli('collectors', 'disable', 'raw'),
    ];
    const refused = await cli('run', 'raw', '--wait');
    const enabled = await cli('collectors', 'enable', 'raw');

    for (const end of [...ends, enabled]) expect(end.code, end.err).toBe(0);
    expect(refused.code).toBe(1);
    expect(refused.err).toContain('COLLECTOR_DISABLED');
  });

  test('tables belong to the owner, and nobody was refused anything', async () => {
    const { rows } = await stack.pool.query(
      `select distinct pg_get_userbyid(relowner) as owner from pg_class
        where relkind = 'r' and relnamespace in ('public'::regnamespace, 'shop'::regnamespace, 'tidemark'::regnamespace)`,
    );
    const { rows: scratch } = await stack.pool.query(
      `select from pg_tables where schemaname = 'tidemark_rehearsals'`,
    );

    expect(rows).toEqual([{ owner: 'tidemark_owner' }]);
    expect(scratch).toEqual([]);
    for (const { id } of oneOfEach) {
      const refusals = stack
        .logs(id)
        .filter((line) => /permission denied|must be owner|violation/i.test(line));
      expect(refusals, id).toEqual([]);
    }
  });
});

describe('what is left behind holds no secret', () => {
  test('logs, and what the command line says', () => {
    for (const { id } of oneOfEach) {
      expect(stack.logs(id).length, id).toBeGreaterThan(0);
      expect(finder.in(stack.logs(id).join('\n')), id).toEqual([]);
    }
    expect(said.length).toBeGreaterThan(9);
    expect(finder.in(said.flatMap(({ out, err }) => [out, err]).join('\n'))).toEqual([]);
  });

  test('every row of every table', async () => {
    const { rows: tables } = await stack.pool.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name
         from pg_tables where schemaname in ('tidemark', 'public', 'shop')`,
    );
    let lines = 0;
    for (const { name } of tables) {
      const { rows } = await stack.pool.query<{ line: string }>(
        `select t::text as line from ${name} t`,
      );
      lines += rows.length;
      expect(finder.in(rows.map(({ line }) => line).join('\n')), name).toEqual([]);
    }
    expect(tables.length).toBeGreaterThan(20);
    expect(lines).toBeGreaterThan(200);
  });

  test('every message that is kept, and every file of the broker', async () => {
    for (const stream of ['EVENTS', 'KV_tidemark_definitions']) {
      const texts = await messagesIn(stream);
      expect(texts.length, stream).toBeGreaterThan(5);
      expect(texts.flatMap((text) => finder.in(text))).toEqual([]);
    }
    const files = filesBelow(stack.guarded?.nats.storeFolder ?? '');
    const found = [...files].filter(([, text]) => finder.in(text).length > 0);

    expect([...files.keys()].some((path) => path.endsWith('.blk'))).toBe(true);
    expect(found.map(([path]) => path)).toEqual([]);
  });

  test('every span and every metric that is exported', async () => {
    await waitFor(() => telemetry.texts.some((text) => text.startsWith('/v1/metrics')), {
      what: 'metrics to be exported',
    });

    expect(telemetry.spans.filter(({ name }) => name === 'GET').length).toBeGreaterThan(20);
    expect(telemetry.texts.flatMap((text) => finder.in(text))).toEqual([]);
  });

  test('the command line of every process', () => {
    const lines = commandLines();

    expect(lines).toContain('nats.conf');
    expect(finder.in(lines)).toEqual([]);
  });

  test('the finder finds each secret, in each way to write it', () => {
    for (const word of Object.values(words)) {
      const forms = [word, encodeURIComponent(`/${word}=`), JSON.stringify(`"${word}`)];
      const coded = ['', 'a', 'ab', 'abc'].map((before) => base64(`${before}${word} and more`));
      for (const form of [...forms, ...coded]) expect(finder.in(form), form).not.toEqual([]);
    }
  });
});
