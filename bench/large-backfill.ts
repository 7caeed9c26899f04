import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startGeneratedSource } from './large-backfill/generated-source.ts';
import { largeOrders, largeWindow } from './large-backfill/large-orders.ts';
import { hashOfSource, hashOfTarget } from './large-backfill/oracle.ts';
import { readProcessUse } from './measure-process.ts';
import { runCollector } from './run-collector.ts';
import { startBenchStack } from './stack.ts';

// A backfill of millions of records: is everything there, and how much memory did the services take? The oracle is the source
// itself, which makes each record from its number: how many there are, and one hash over all of them in their order.

/** What no service may exceed. */
const MOST_MIB = 256;
const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    records: { type: 'string', default: '5000000' },
    'page-size': { type: 'string', default: '2000' },
  },
});
const records = Number(values.records);
const say = (line: string): void => void process.stderr.write(`${line}\n`);

say(`Starting servers, a source of ${records} records and the four services.`);
await using source = await startGeneratedSource(records);
await using stack = await startBenchStack({
  records: 1,
  recordsPerPage: 1,
  latencyMs: 0,
  collectors: () => ({ large: largeOrders('large', source.url, Number(values['page-size'])) }),
  log: say,
  profileFolder: undefined,
  nodeOptions: [],
});
const pool = new pg.Pool({ connectionString: stack.postgres.url, max: 1 });
const loadAverage = loadavg()[0] ?? Number.NaN;
try {
  const run = await runCollector(pool, stack.nats.url, 'large', {
    mode: 'backfill',
    window: largeWindow,
  });
  say(`The run ended after ${run.seconds.toFixed(1)} s; now everything is compared.`);
  const found = await hashOfTarget(pool, 'large');
  const expected = hashOfSource(records);
  const services = stack.services.map((service) => ({
    name: service.name,
    peakRssMiB: (readProcessUse(service.pid)?.peakBytes ?? Number.NaN) / 2 ** 20,
  }));
  const isEqual =
    run.status === 'success' &&
    run.inserted === records &&
    found.rows === records &&
    found.hash === expected;
  const isSmall = services.every(({ peakRssMiB }) => peakRssMiB < MOST_MIB);
  const { status, seconds, pages, inserted } = run;
  const report = {
    records,
    loadAverage,
    run: { status, seconds, pages, inserted, recordsPerSecond: inserted / seconds },
    target: { ...found, isEqual },
    services,
  };
  if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
  else process.stdout.write(describe(report));
  if (!isEqual || !isSmall) process.exitCode = 1;
} finally {
  await pool.end();
}

interface Report {
  readonly loadAverage: number;
  readonly run: {
    readonly seconds: number;
    readonly inserted: number;
    readonly recordsPerSecond: number;
  };
  readonly target: { readonly rows: number; readonly isEqual: boolean };
  readonly services: readonly { readonly name: string; readonly peakRssMiB: number }[];
}

function describe({ loadAverage: load, run, target, services }: Report): string {
  const lines = [
    `load average before     ${load.toFixed(2)}`,
    `backfill                ${run.inserted} records in ${run.seconds.toFixed(1)} s, ${Math.round(run.recordsPerSecond)} records/s`,
    `target                  ${target.rows} rows, ${target.isEqual ? 'equal to the source' : 'NOT EQUAL to the source'}`,
    ...services.map(
      ({ name, peakRssMiB }) =>
        `${name.padEnd(24)}${peakRssMiB.toFixed(0)} MiB at most${peakRssMiB < MOST_MIB ? '' : `, MORE THAN ${MOST_MIB}`}`,
    ),
  ];
  return `${lines.join('\n')}\n`;
}
