import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { ordersDefinition } from './orders-definition.ts';
import { runCollector } from './run-collector.ts';
import { startBenchStack } from './stack.ts';

// How records a second grow with the replicas of the extractor, where the source is slow but has no limit: each replica
// has one lane, so that it waits for one answer at a time.

const replicas = [1, 2, 4, 8];
const settings = { size: 100, width: 32 };

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    records: { type: 'string', default: '16000' },
    'latency-ms': { type: 'string', default: '200' },
  },
});
const records = Number(values.records);
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const nameOf = (count: number): string => `orders_${count}`;

say(`Starting servers, a source of ${records} records and the services.`);
await using stack = await startBenchStack({
  records,
  recordsPerPage: settings.size,
  latencyMs: Number(values['latency-ms']),
  collectors: (url) =>
    Object.fromEntries(
      ['warm_up', ...replicas.map(nameOf)].map((name) => [
        name,
        ordersDefinition(name, url, settings),
      ]),
    ),
  services: ['watermark', 'transformer', 'loader'],
  log: say,
  profileFolder: undefined,
  nodeOptions: [],
});
const pool = new pg.Pool({ connectionString: stack.postgres.url, max: 2 });
const loadAverage = loadavg()[0] ?? Number.NaN;
const measured: {
  replicas: number;
  seconds: number;
  recordsPerSecond: number;
  ofLinear: number;
}[] = [];
try {
  let running = 0;
  for (const count of replicas) {
    for (; running < count; running += 1)
      await stack.startService('extractor', { TIDEMARK_LANES: '1' });
    // What a new process does in its first second is not what is measured.
    await runCollector(pool, stack.nats.url, 'warm_up', 'full');
    const run = await runCollector(pool, stack.nats.url, nameOf(count), 'full');
    if (run.status !== 'success' || run.inserted !== records) {
      throw new Error(`The bench did not do what it measures: ${JSON.stringify(run)}`);
    }
    const recordsPerSecond = records / run.seconds;
    const alone = measured[0]?.recordsPerSecond ?? recordsPerSecond;
    measured.push({
      replicas: count,
      seconds: run.seconds,
      recordsPerSecond,
      ofLinear: recordsPerSecond / (alone * count),
    });
    say(`${count} replicas: ${run.seconds.toFixed(2)} s`);
  }
} finally {
  await pool.end();
}
if (values.json) {
  process.stdout.write(`${JSON.stringify({ records, loadAverage, scaling: measured })}\n`);
} else {
  process.stdout.write(`load average before ${loadAverage.toFixed(2)}\n`);
  for (const { replicas: count, seconds, recordsPerSecond, ofLinear } of measured) {
    process.stdout.write(
      `${String(count).padStart(2)} replicas  ${seconds.toFixed(2).padStart(6)} s  ${Math.round(recordsPerSecond).toString().padStart(6)} records/s  ${ofLinear.toFixed(2)} of linear\n`,
    );
  }
}
