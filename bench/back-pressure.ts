import { loadavg } from 'node:os';
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import pg from 'pg';
import { startGeneratedSource } from './large-backfill/generated-source.ts';
import { largeOrders } from './large-backfill/large-orders.ts';
import { hashOfSource, hashOfTarget } from './large-backfill/oracle.ts';
import { startBenchStack } from './stack.ts';

// No loader for two minutes while extraction goes on: streams fill to their limit, extraction waits, the memory of the services
// stays flat, then a loader comes and everything drains.

/** What may lie between two looks at a process whose work waits. */
const FLAT_MIB = 32;
const LOOK_EVERY_MS = 5_000;

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '120' },
    records: { type: 'string', default: '400000' },
    'stream-bytes': { type: 'string', default: '4000000' },
  },
});
const records = Number(values.records);
const streamBytes = Number(values['stream-bytes']);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

interface Look {
  readonly second: number;
  readonly rawBytes: number;
  readonly loadBytes: number;
  readonly asked: number;
  readonly residentMiB: Readonly<Record<string, number>>;
}

await using source = await startGeneratedSource(records);
await using stack = await startBenchStack({
  records: 1,
  recordsPerPage: 1,
  latencyMs: 0,
  collectors: () => ({ large: largeOrders('large', source.url, 1_000) }),
  services: ['watermark', 'extractor', 'transformer'],
  settings: { TIDEMARK_STREAM_MAX_BYTES: String(streamBytes) },
  log: say,
  profileFolder: undefined,
  nodeOptions: [],
});
await using owned = new AsyncDisposableStack();
const pool = owned.adopt(new pg.Pool({ connectionString: stack.postgres.url, max: 1 }), (each) =>
  each.end(),
);
const nats = owned.adopt(await connect({ servers: stack.nats.url }), (each) => each.close());
const manager = await jetstreamManager(nats);
const loadAverage = loadavg()[0] ?? Number.NaN;
const runId = crypto.randomUUID();
await jetstream(nats).publish('tidemark.command.run.large', JSON.stringify({ runId }));

const looks: Look[] = [];
const startedMs = performance.now();
while (performance.now() - startedMs < Number(values.seconds) * 1_000) {
  await pause(LOOK_EVERY_MS);
  looks.push(await look());
}
say('Now a loader is started.');
await stack.startService('loader');
const status = await ended();
say('The run has ended; now everything is compared.');
const isEqual = (await hashOfTarget(pool, 'large')).hash === hashOfSource(records);

// From the first look that saw nothing new asked for, everybody waits.
const waitingFrom = looks.findIndex((each, at) => at > 0 && each.asked === looks[at - 1]?.asked);
const waiting = waitingFrom < 0 ? [] : looks.slice(waitingFrom);
const growth = Object.fromEntries(
  stack.services.map(({ name }) => {
    const seen = waiting.map(({ residentMiB }) => residentMiB[name] ?? Number.NaN);
    return [name, Math.max(...seen) - (seen[0] ?? Number.NaN)];
  }),
);
const isFlat = waiting.length > 1 && Object.values(growth).every((mib) => mib < FLAT_MIB);
const isBounded = looks.every((each) => Math.max(each.rawBytes, each.loadBytes) <= streamBytes);
const report = {
  records,
  loadAverage,
  streamBytes,
  looks,
  growth,
  isFlat,
  isBounded,
  status,
  isEqual,
};
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else {
  for (const { second, asked, rawBytes, loadBytes, residentMiB } of looks) {
    const memory = Object.entries(residentMiB).map(([name, mib]) => `${name} ${mib.toFixed(0)}`);
    process.stdout.write(
      `${String(second).padStart(4)} s  ${asked} pages asked for  RAW ${rawBytes}  LOAD ${loadBytes} bytes  ${memory.join('  ')} MiB\n`,
    );
  }
  process.stdout.write(
    `memory ${isFlat ? 'stayed flat' : 'DID NOT STAY FLAT'}, streams ${isBounded ? 'kept their limit' : 'EXCEEDED their limit'}; the run: ${status}; the target ${isEqual ? 'equals the source' : 'DOES NOT EQUAL the source'}\n`,
  );
}
if (!isFlat || !isBounded || !isEqual || status !== 'success') process.exitCode = 1;

async function look(): Promise<Look> {
  const [raw, load] = await Promise.all(
    ['RAW_LIVE', 'LOAD_LIVE'].map((name) => manager.streams.info(name)),
  );
  return {
    second: Math.round((performance.now() - startedMs) / 1_000),
    rawBytes: raw?.state.bytes ?? Number.NaN,
    loadBytes: load?.state.bytes ?? Number.NaN,
    asked: source.asked(),
    residentMiB: Object.fromEntries(
      stack.services.map(({ name, pid }) => [name, residentMiB(pid)]),
    ),
  };
}

function residentMiB(pid: number): number {
  const text = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(text)?.[1] ?? Number.NaN) / 1024;
}

async function ended(): Promise<string> {
  for (;;) {
    const { rows } = await pool.query<{ status: string }>(
      'select status from tidemark.collector_runs where id = $1 and completed_at is not null',
      [runId],
    );
    if (rows[0]) return rows[0].status;
    await pause(250);
  }
}
