/**
 * What asking only for what changed saves: for every built-in collector the requests, records and bytes of an incremental run,
 * beside those of a full reload of the same source. A target that does not equal its source ends it with exit code 1.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { registry } from '@tidemark/collectors';
import pg from 'pg';
import { measureSource, type Measured } from './incremental/measure-source.ts';
import { tableOf } from './incremental/print-table.ts';
import { sourceChoices } from './incremental/sources.ts';
import { startIncrementalStack } from './incremental/stack.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    collector: { type: 'string' },
  },
});
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const wanted = values.collector;
const choices = sourceChoices.filter(
  ({ collectors }) => wanted === undefined || collectors.includes(wanted),
);
if (choices.length === 0) {
  const known = sourceChoices.flatMap(({ collectors }) => collectors).join(', ');
  say(`There is no collector ${wanted}; there are ${known}.`);
  process.exit(2);
}

// A collector that is added without a source here would be left out without a word.
const unmeasured = registry.definitions
  .map(({ name }) => name)
  .filter((name) => !sourceChoices.some(({ collectors }) => collectors.includes(name)));
if (unmeasured.length > 0) throw new Error(`No source is here for ${unmeasured.join(', ')}`);

const loadAverage = loadavg()[0] ?? Number.NaN;
say('Starting servers, sources and services.');
await using stack = await startIncrementalStack(choices, say);
const pool = new pg.Pool({ connectionString: stack.databaseUrl, max: 2 });
const measured: Measured[] = [];
let isRight = true;
try {
  for (const source of stack.sources) {
    const names = source.collectors.map(({ name }) => name).join(', ');
    try {
      const all = await measureSource({ pool, natsUrl: stack.natsUrl }, source);
      // What a collector builds on runs with it, and is not what was asked for.
      measured.push(...all.filter(({ collector }) => wanted === undefined || collector === wanted));
      say(`${names}: done.`);
    } catch (error) {
      isRight = false;
      say(`${names}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
} finally {
  await pool.end();
}
if (values.json) {
  process.stdout.write(`${JSON.stringify({ loadAverage, measured })}\n`);
} else {
  process.stdout.write(`load average before ${loadAverage.toFixed(2)}\n\n${tableOf(measured)}\n`);
  for (const { collector, change } of measured) process.stdout.write(`${collector}: ${change}\n`);
}
if (!isRight) process.exitCode = 1;
