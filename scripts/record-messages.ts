// Records one message of each stage as this release writes it, for each version of messages that it writes, into a folder:
// `node scripts/record-messages.ts libs/contracts/fixtures`. What was recorded by earlier releases stays as it is: files that
// are there are not written again.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { jetstreamManager, type JetStreamManager, jetstream } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import {
  findNatsServer,
  readLoudLine,
  type ServiceName,
  startNats,
  startPostgres,
  startService,
} from '@tidemark/local';
import pg from 'pg';
import { stringify } from 'yaml';

const root = join(import.meta.dirname, '..');
const DEADLINE_MS = 90_000;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

const records = [
  {
    id: 1,
    name: 'tab\tand ünïcode',
    amount: '9007199254740993.10',
    at: '2024-05-01T10:00:00.000001Z',
  },
  { id: 2, name: null, amount: '-0.5', at: '2024-05-01T10:00:00.000002Z' },
  { id: 3, name: '\\N', amount: null, at: '2024-05-01T10:00:01Z' },
];
const rows = [
  {
    id: 1,
    name: 'tab\tand ünïcode',
    amount: '9007199254740993.10',
    at: '2024-05-01 10:00:00.000001+00',
  },
  { id: 2, name: null, amount: '-0.5', at: '2024-05-01 10:00:00.000002+00' },
  { id: 3, name: '\\N', amount: null, at: '2024-05-01 10:00:01+00' },
];
const fields = {
  id: { type: 'bigint' },
  name: { type: 'text' },
  amount: { type: 'numeric' },
  at: { type: 'timestamptz' },
};

interface Recording {
  readonly version: number;
  readonly records: readonly object[];
  readonly target: object;
  /** What the tables hold once the messages are loaded. */
  readonly rows: Readonly<Record<string, readonly object[]>>;
}

/** What makes a release write each version. */
const recordings: readonly Recording[] = [
  { version: 1, records, target: { fields }, rows: { recorded_1: rows } },
  {
    version: 2,
    records: records.map((record) => ({ ...record, colour: `of ${record.id}` })),
    target: { fields, contract: { columns: 'evolve', types: 'evolve' } },
    rows: { recorded_2: rows.map((row) => ({ ...row, colour: `of ${row.id}` })) },
  },
  {
    version: 3,
    records: records.map((record) => ({
      ...record,
      lines: [
        { no: 1, text: 'a' },
        { no: 2, text: null },
      ],
    })),
    target: {
      fields,
      children: [
        {
          at: 'lines',
          table: 'recorded_3_lines',
          parent: { record_id: 'id' },
          key: ['record_id', 'no'],
          fields: { no: { type: 'bigint' }, text: { type: 'text' } },
        },
      ],
    },
    rows: {
      recorded_3: rows,
      recorded_3_lines: rows.flatMap(({ id }) => [
        { record_id: id, no: 1, text: 'a' },
        { record_id: id, no: 2, text: null },
      ]),
    },
  },
];

function yamlOf({ version, target }: Recording, baseUrl: string): string {
  const name = `recorded_${version}`;
  return stringify({
    name,
    source: { name, baseUrl },
    request: { path: `/${name}` },
    incremental: { kind: 'full' },
    target: { kind: 'table', table: name, key: ['id'], version: 'at', ...target },
  });
}

interface RecordedMessage {
  readonly subject: string;
  readonly headers: Readonly<Record<string, string>>;
  /** In base64. */
  readonly body: string;
}

async function messagesOf(manager: JetStreamManager, stream: string): Promise<RecordedMessage[]> {
  const untilMs = performance.now() + DEADLINE_MS;
  while (performance.now() < untilMs) {
    const { state } = await manager.streams.info(stream);
    if (state.messages === recordings.length) {
      const seqs = Array.from({ length: state.last_seq }, (_, at) => at + 1);
      const found = await Promise.all(
        seqs.map((seq) => manager.streams.getMessage(stream, { seq }).catch(() => null)),
      );
      return found.flatMap((message) => {
        if (!message) return [];
        const headers = [...message.header].map(([name, [value = '']]) => [name, value]);
        const body = Buffer.from(message.data).toString('base64');
        return [{ subject: message.subject, headers: Object.fromEntries(headers), body }];
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`${stream} did not get ${recordings.length} messages; a definition may be wrong`);
}

async function startSource(): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer((request, response) => {
    const recording = recordings.find(({ version }) => request.url === `/recorded_${version}`);
    // Written by hand where JSON would round: the amounts are numbers with more digits than a double has.
    const text = JSON.stringify(recording?.records ?? []).replaceAll(
      /"amount":"([^"]+)"/g,
      '"amount":$1',
    );
    response.writeHead(200, { 'content-type': 'application/json' }).end(text);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    [Symbol.asyncDispose]: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

const { positionals } = parseArgs({ allowPositionals: true });
const [folder] = positionals;
if (folder === undefined) throw new Error('Which folder? node scripts/record-messages.ts <folder>');

await using owned = new AsyncDisposableStack();
const work = await mkdtemp(join(tmpdir(), 'tidemark-record-'));
owned.defer(() => rm(work, { recursive: true, force: true }));
await chmod(work, 0o755);
const binary = await findNatsServer({ cacheFolder: join(root, '.tidemark', 'tools'), log: say });
const postgres = owned.use(await startPostgres({ folder: join(work, 'postgres'), log: say }));
const nats = owned.use(await startNats({ binary, storeFolder: join(work, 'nats') }));
const source = owned.use(await startSource());
const definitions = join(work, 'collectors');
await mkdir(definitions);
for (const recording of recordings) {
  const file = join(definitions, `recorded_${recording.version}.yaml`);
  await writeFile(file, yamlOf(recording, source.url));
}

async function start(name: ServiceName): Promise<void> {
  const service = await startService({
    name,
    root,
    env: {
      DATABASE_URL: postgres.url,
      NATS_URL: nats.url,
      TIDEMARK_COLLECTORS_DIR: definitions,
      OTEL_SDK_DISABLED: 'true',
    },
    onLine: (line) => {
      const loud = readLoudLine(line);
      if (loud !== undefined) say(`[${name}] ${loud}`);
    },
  });
  owned.defer(async () => void (await service.stop(10_000)));
  await service.ready;
}

await start('watermark');
const connection = await connect({ servers: nats.url });
owned.defer(() => connection.close());
const manager = await jetstreamManager(connection);
for (const { version } of recordings) {
  await jetstream(connection).publish(`tidemark.command.run.recorded_${version}`, '{}');
}
const tasks = await messagesOf(manager, 'EXTRACT_LIVE');
await start('extractor');
const raws = await messagesOf(manager, 'RAW_LIVE');
await start('transformer');
const loads = await messagesOf(manager, 'LOAD_LIVE');

const pool = new pg.Pool({ connectionString: postgres.url, max: 1 });
owned.defer(() => pool.end());
for (const recording of recordings) {
  const name = `recorded_${recording.version}`;
  const of = ({ subject }: RecordedMessage): boolean => subject.split('.')[3] === name;
  const { rows: registered } = await pool.query<{ revision: string; definition: unknown }>(
    'select revision, definition from tidemark.collectors where name = $1',
    [name],
  );
  const file = join(folder, `version-${recording.version}.json`);
  if (existsSync(file)) {
    say(`${file} is there already and stays.`);
    continue;
  }
  const fixture = {
    collector: name,
    yaml: yamlOf(recording, source.url),
    ...registered[0],
    task: tasks.find(of),
    raw: raws.find(of),
    load: loads.find(of),
    rows: recording.rows,
  };
  await writeFile(file, `${JSON.stringify(fixture, null, 2)}\n`);
  say(`${file} is written.`);
}
