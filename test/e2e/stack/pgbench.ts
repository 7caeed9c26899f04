import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { startProcess } from '@tidemark/local';
import pg from 'pg';

/** Transactions of pgbench against a database, until told to stop. */
export interface Pgbench {
  /** What runs them: the program, or clients of our own that do the same. */
  readonly by: 'pgbench' | 'clients';
  /** Ends when the time is over. */
  readonly ended: Promise<void>;
}

const ACCOUNTS = 10_000;

/** Makes the tables of pgbench, small ones, with a column that tells the rows of its history apart. */
export async function setUpPgbench(pool: pg.Pool): Promise<void> {
  await pool.query(`
    create table pgbench_branches (bid int primary key, bbalance int, filler char(88));
    create table pgbench_tellers (tid int primary key, bid int, tbalance int, filler char(84));
    create table pgbench_accounts (aid int primary key, bid int, abalance int, filler char(84));
    create table pgbench_history (tid int, bid int, aid int, delta int, mtime timestamp, filler char(22),
                                  hid bigint generated always as identity);
    create index on pgbench_history (mtime, hid);
    insert into pgbench_branches values (1, 0);
    insert into pgbench_tellers select tid, 1, 0 from generate_series(1, 10) as tid;
    insert into pgbench_accounts select aid, 1, 0 from generate_series(1, ${ACCOUNTS * 10}) as aid`);
}

/** Runs pgbench for some seconds; without the program, clients of our own do the transactions that it would. */
export async function runPgbench(url: string, clients: number, seconds: number): Promise<Pgbench> {
  const program = findPgbench();
  if (program !== undefined)
    return { by: 'pgbench', ended: runProgram(program, url, clients, seconds) };
  const endMs = performance.now() + seconds * 1_000;
  const workers = Array.from({ length: clients }, async () => transactUntil(url, endMs));
  return { by: 'clients', ended: Promise.all(workers).then(() => undefined) };
}

function findPgbench(): string | undefined {
  const debian = '/usr/lib/postgresql';
  const versions = existsSync(debian) ? readdirSync(debian).toSorted().toReversed() : [];
  const folders = [
    ...(process.env['PATH'] ?? '').split(delimiter),
    ...versions.map((version) => join(debian, version, 'bin')),
  ];
  return folders.map((folder) => join(folder, 'pgbench')).find((file) => existsSync(file));
}

async function runProgram(
  program: string,
  url: string,
  clients: number,
  seconds: number,
): Promise<void> {
  const lines: string[] = [];
  const { hostname, port, username, password, pathname } = new URL(url);
  const running = await startProcess({
    name: 'pgbench',
    command: program,
    args: ['--no-vacuum', '-c', String(clients), '-T', String(seconds), pathname.slice(1)],
    cwd: process.cwd(),
    env: {
      PATH: process.env['PATH'],
      PGHOST: hostname,
      PGPORT: port,
      PGUSER: username,
      PGPASSWORD: password,
      PGTZ: 'UTC',
    },
    onLine: (line) => void lines.push(line),
  });
  const { code } = await running.exited;
  if (code !== 0) throw new Error(`pgbench ended with ${code}:\n${lines.join('\n')}`);
}

/** The transaction of pgbench's own script (TPC-B, more or less). */
async function transactUntil(url: string, endMs: number): Promise<void> {
  const client = new pg.Client({ connectionString: url, options: '-c timezone=UTC' });
  await client.connect();
  while (performance.now() < endMs) {
    const aid = 1 + Math.floor(Math.random() * ACCOUNTS * 10);
    const tid = 1 + Math.floor(Math.random() * 10);
    const delta = Math.floor(Math.random() * 10_001) - 5_000;
    await client.query('begin');
    await client.query('update pgbench_accounts set abalance = abalance + $1 where aid = $2', [
      delta,
      aid,
    ]);
    await client.query('select abalance from pgbench_accounts where aid = $1', [aid]);
    await client.query('update pgbench_tellers set tbalance = tbalance + $1 where tid = $2', [
      delta,
      tid,
    ]);
    await client.query('update pgbench_branches set bbalance = bbalance + $1 where bid = 1', [
      delta,
    ]);
    await client.query(
      'insert into pgbench_history (tid, bid, aid, delta, mtime) values ($1, 1, $2, $3, current_timestamp)',
      [tid, aid, delta],
    );
    await client.query('commit');
  }
  await client.end();
}
