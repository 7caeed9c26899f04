// Runs the tests on each pair of servers that is supported, one after the other: `npm run test:matrix`. What stands behind
// `--` goes to vitest, so that `npm run test:matrix -- libs/bus` tries the tests of one folder.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { downloadNatsServer } from '@tidemark/local';
import Table from 'cli-table3';
import { z } from 'zod';

interface Leg {
  /** The suite of Debian whose nats-server it is. */
  readonly suite: string;
  /** What that server is expected to be: a suite may get another one. */
  readonly nats: RegExp;
  readonly postgres: '15' | '18';
}

const legs: readonly Leg[] = [
  { suite: 'bookworm', nats: /^2\.9\./, postgres: '15' },
  { suite: 'trixie', nats: /^2\.10\./, postgres: '18' },
  // Where new versions come first.
  { suite: 'sid', nats: /^2\.(1[1-9]|[2-9]\d)\./, postgres: '18' },
];

const root = join(import.meta.dirname, '..');
const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Result {
  readonly nats: string;
  readonly postgres: string;
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly seconds: number;
  readonly isGood: boolean;
}

const Report = z.object({
  numPassedTests: z.number(),
  numFailedTests: z.number(),
  numPendingTests: z.number(),
});

/** The folder with the nats-server of a suite, fetched when it is not there yet. */
async function natsFolder(suite: string): Promise<string> {
  const cacheFolder = join(root, '.tidemark', 'tools', suite);
  const known = join(cacheFolder, 'nats-server');
  if (!existsSync(known) && !(await downloadNatsServer({ cacheFolder, suite, log: say }))) {
    throw new Error(
      'The servers are fetched with apt-get, which this machine does not have: run it on Debian or Ubuntu.',
    );
  }
  return cacheFolder;
}

function versionIn(folder: string): string {
  const said = execFileSync(join(folder, 'nats-server'), ['--version'], { encoding: 'utf8' });
  return /v(\d\S*)/.exec(said)?.[1] ?? said.trim();
}

async function runLeg(leg: Leg, args: readonly string[]): Promise<Result> {
  const folder = await natsFolder(leg.suite);
  const nats = versionIn(folder);
  if (!leg.nats.test(nats)) {
    throw new Error(
      `Debian's ${leg.suite} has nats-server ${nats} now: say in scripts/test-matrix.ts which suite has the version that is meant.`,
    );
  }
  say(`\n=== nats-server ${nats}, PostgreSQL ${leg.postgres}\n`);
  const reports = await mkdtemp(join(tmpdir(), 'tidemark-matrix-'));
  const report = join(reports, 'report.json');
  const startedMs = performance.now();
  try {
    const code = await vitest(args, report, {
      PATH: [folder, process.env['PATH'] ?? ''].join(delimiter),
      TIDEMARK_TEST_POSTGRES: leg.postgres,
      // Servers of the user's own would be used in the place of those that are meant.
      NATS_URL: '',
      DATABASE_URL: '',
    });
    const counts = existsSync(report)
      ? Report.parse(JSON.parse(readFileSync(report, 'utf8')))
      : { numPassedTests: 0, numFailedTests: 0, numPendingTests: 0 };
    return {
      nats,
      postgres: leg.postgres,
      passed: counts.numPassedTests,
      failed: counts.numFailedTests,
      skipped: counts.numPendingTests,
      seconds: (performance.now() - startedMs) / 1_000,
      isGood: code === 0 && counts.numPassedTests > 0,
    };
  } finally {
    await rm(reports, { recursive: true, force: true });
  }
}

function vitest(
  args: readonly string[],
  report: string,
  env: Readonly<Record<string, string>>,
): Promise<number> {
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const child = spawn(
    process.execPath,
    [join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...reporters, ...args],
    { cwd: root, stdio: ['ignore', 2, 2], env: { ...process.env, ...env } },
  );
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => resolve(code ?? 1));
  });
}

const results: Result[] = [];
for (const leg of legs) results.push(await runLeg(leg, process.argv.slice(2)));

const table = new Table({
  head: ['nats-server', 'PostgreSQL', 'passed', 'failed', 'skipped', 'seconds', ''],
  style: { head: [], border: [] },
});
for (const { nats, postgres, passed, failed, skipped, seconds, isGood } of results) {
  table.push([
    nats,
    postgres,
    passed,
    failed,
    skipped,
    Math.round(seconds),
    isGood ? 'good' : 'FAILED',
  ]);
}
process.stdout.write(`${table.toString()}\n`);
if (results.some(({ isGood }) => !isGood)) process.exitCode = 1;
