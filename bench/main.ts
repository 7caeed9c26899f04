import { writeFile } from 'node:fs/promises';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { measureCopy } from './copy-baseline.ts';
import { readProcessUse, readTreeCpuSeconds, readTreeMemoryBytes } from './measure-process.ts';
import { ordersDefinition } from './orders-definition.ts';
import { runCollector } from './run-collector.ts';
import { startBenchStack, type BenchStack } from './stack.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    records: { type: 'string', default: '200000' },
    'copy-times': { type: 'string', default: '5' },
    loads: { type: 'string', default: '3' },
    'warm-ups': { type: 'string', default: '1' },
    profile: { type: 'string' },
    'node-options': { type: 'string', default: '' },
  },
});
const records = Number(values.records);
/** Each first load has a collector and an empty table of its own. */
const targets = ['orders', ...numbered(Number(values.loads)).map((load) => `orders_${load}`)];
const say = (line: string): void => void process.stderr.write(`${line}\n`);

say(`Starting servers, a source of ${records} records and the four services.`);
await using stack = await startBenchStack({
  records,
  recordsPerPage: 2_000,
  latencyMs: 0,
  collectors: (url) =>
    Object.fromEntries(
      ['warm_up', ...targets].map((name): [string, string] => [name, ordersDefinition(name, url)]),
    ),
  log: say,
  profileFolder: values.profile,
  nodeOptions: values['node-options'].split(' ').filter((option) => option !== ''),
});
const pool = new pg.Pool({ connectionString: stack.postgres.url, max: 2 });
try {
  const report = await measure(stack, pool);
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else process.stdout.write(describe(report));
} finally {
  await pool.end();
}

type Report = Awaited<ReturnType<typeof measure>>;

async function measure(bench: BenchStack, db: pg.Pool) {
  // Services run for weeks: what they do in their first second is not what is measured.
  for (let round = 0; round < Number(values['warm-ups']); round += 1) {
    await runCollector(db, bench.nats.url, 'warm_up', 'full');
    say('Warmed up.');
  }
  const loadAverage = loadavg()[0] ?? Number.NaN;
  const loads = [];
  for (const target of targets) loads.push(await loadFirst(bench, db, target));
  const postgresMb = readTreeMemoryBytes(bench.postgres.pid) / 2 ** 20;
  const { first, before, after } = median(loads, (load) => load.first.seconds);

  const copySeconds = await measureCopy(bench.postgres.url, Number(values['copy-times']));
  const copyMedian = median(copySeconds, (seconds) => seconds);

  const deadBefore = await deadTuples(db);
  const again = await runCollector(db, bench.nats.url, 'orders', 'full');
  must(again.unchanged === records, `unchanged re-run: ${JSON.stringify(again)}`);
  const deadAfter = await deadTuples(db);

  const recordsPerSecond = records / first.seconds;
  const copyRowsPerSecond = records / copyMedian;
  return {
    records,
    loadAverage,
    seconds: first.seconds,
    loadSeconds: loads.map((load) => load.first.seconds),
    recordsPerSecond,
    copySeconds,
    copyRowsPerSecond,
    ratio: recordsPerSecond / copyRowsPerSecond,
    services: bench.services.map((service, at) => ({
      name: service.name,
      cpuSeconds: (after.services[at] ?? 0) - (before.services[at] ?? 0),
      peakRssMb: (readProcessUse(service.pid)?.peakBytes ?? 0) / 2 ** 20,
    })),
    servers: {
      postgresCpuSeconds: after.postgres - before.postgres,
      natsCpuSeconds: after.nats - before.nats,
      sourceCpuSeconds: after.source - before.source,
      postgresMb,
      natsPeakRssMb: (readProcessUse(bench.nats.pid)?.peakBytes ?? 0) / 2 ** 20,
    },
    unchanged: {
      seconds: again.seconds,
      recordsPerSecond: records / again.seconds,
      deadTuples: deadAfter - deadBefore,
      walBytes: again.walBytes,
      firstLoadWalBytes: first.walBytes,
    },
    telemetryExports: bench.spansReceived(),
  };
}

/** The first load of one target, with what all processes have used before and after. */
async function loadFirst(bench: BenchStack, db: pg.Pool, target: string) {
  const before = useOf(bench);
  const startedMs = performance.now();
  const first = await runCollector(db, bench.nats.url, target, 'incremental');
  const after = useOf(bench);
  await tellProfiles(startedMs);
  must(
    first.status === 'success' && first.inserted === records,
    `first load: ${JSON.stringify(first)}`,
  );
  say(`First load of ${target} ended after ${first.seconds.toFixed(2)} s.`);
  return { first, before, after };
}

/** Profiles hold the whole life of a service; this tells which part of it was the last of the first loads. */
async function tellProfiles(startedMs: number): Promise<void> {
  if (values.profile === undefined) return;
  const nowMicros = Number(process.hrtime.bigint() / 1_000n);
  const fromMicros = nowMicros - Math.round((performance.now() - startedMs) * 1e3);
  const window = JSON.stringify({ fromMicros, toMicros: nowMicros });
  await writeFile(join(values.profile, 'first-load.json'), window);
}

function useOf(bench: BenchStack) {
  return {
    services: bench.services.map((service) => readProcessUse(service.pid)?.cpuSeconds ?? 0),
    postgres: readTreeCpuSeconds(bench.postgres.pid),
    nats: readProcessUse(bench.nats.pid)?.cpuSeconds ?? 0,
    source: readProcessUse(bench.source.pid)?.cpuSeconds ?? 0,
  };
}

/** Dead rows of the target as PostgreSQL's statistics have them, once they have caught up with its own work. */
async function deadTuples(db: pg.Pool): Promise<number> {
  const { rows } = await db.query<{ dead: string }>(
    `select coalesce(sum(n_dead_tup), 0) as dead from pg_stat_user_tables where relname = 'orders'`,
  );
  return Number(rows[0]?.dead ?? 0);
}

function describe(report: Report): string {
  const mb = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  const lines = [
    `records                 ${report.records}`,
    `load average before     ${report.loadAverage.toFixed(2)}`,
    `Tidemark (median)       ${report.seconds.toFixed(2)} s   ${Math.round(report.recordsPerSecond)} records/s`,
    `plain COPY (median)     ${(records / report.copyRowsPerSecond).toFixed(2)} s   ${Math.round(report.copyRowsPerSecond)} rows/s`,
    `ratio                   ${report.ratio.toFixed(3)}`,
    ...report.services.map(
      (one) =>
        `${one.name.padEnd(24)}${one.cpuSeconds.toFixed(2)} s processor, ${one.peakRssMb.toFixed(0)} MiB at most`,
    ),
    `postgres                ${report.servers.postgresCpuSeconds.toFixed(2)} s processor, ${report.servers.postgresMb.toFixed(0)} MiB after the loads`,
    `nats-server             ${report.servers.natsCpuSeconds.toFixed(2)} s processor, ${report.servers.natsPeakRssMb.toFixed(0)} MiB at most`,
    `source                  ${report.servers.sourceCpuSeconds.toFixed(2)} s processor`,
    `unchanged re-run        ${report.unchanged.seconds.toFixed(2)} s   ${Math.round(report.unchanged.recordsPerSecond)} records/s`,
    `  dead rows in target   ${report.unchanged.deadTuples}`,
    `  PostgreSQL's log      ${mb(report.unchanged.walBytes)} (first load: ${mb(report.unchanged.firstLoadWalBytes)})`,
  ];
  return `${lines.join('\n')}\n`;
}

/** The one in the middle; of an even number the later one of the two. */
function median<T>(all: readonly T[], by: (one: T) => number): T {
  const middle = all.toSorted((a, b) => by(a) - by(b))[Math.floor(all.length / 2)];
  if (middle === undefined) throw new Error('Nothing was measured.');
  return middle;
}

/** 2, 3, … up to a number. */
function numbered(last: number): number[] {
  return Array.from({ length: last - 1 }, (_, at) => at + 2);
}

function must(holds: boolean, what: string): void {
  if (!holds) throw new Error(`The bench did not do what it measures: ${what}`);
}
