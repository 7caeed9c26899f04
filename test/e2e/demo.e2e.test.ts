import { join } from 'node:path';
import {
  isStillRunning,
  readStack,
  startProcess,
  stateFolder,
  type RunningProcess,
} from '@tidemark/local';
import { waitFor } from '@tidemark/testkit';
import { afterEach, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');
const folder = join(stateFolder(root), 'demo');
/** It takes about half a minute on two cores. */
const LONGEST_MS = 170_000;

interface Demo extends RunningProcess {
  readonly out: readonly string[];
  readonly err: readonly string[];
}

let demo: Demo | undefined;

afterEach(async () => {
  await demo?.stop(30_000);
  demo = undefined;
});

/** What `npm run demo` does, without a terminal. */
async function startDemo(...args: readonly string[]): Promise<Demo> {
  const lines = { stdout: [] as string[], stderr: [] as string[] };
  const launcher = await startProcess({
    name: 'the demo',
    command: process.execPath,
    args: [join(root, 'scripts', 'launch.mjs'), 'scripts/demo.ts', ...args],
    cwd: root,
    env: withoutColours(process.env),
    onLine: (line, stream) => void lines[stream].push(line),
  });
  demo = { ...launcher, out: lines.stdout, err: lines.stderr };
  return demo;
}

function withoutColours(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _force, ...others } = env;
  return { ...others, NO_COLOR: '1' };
}

/** Lines from one that matches up to the next empty one. */
function paragraph(lines: readonly string[], start: RegExp): string[] {
  const from = lines.findIndex((line) => start.test(line));
  const to = lines.indexOf('', from);
  return from < 0 ? [] : lines.slice(from, to < 0 ? undefined : to);
}

function cellsOf(line: string): string[] {
  return line.trim().split(/ {2,}/);
}

function expectNoError({ out, err }: Demo): void {
  const bad = [...out, ...err].filter((line) => /✗|\b(error|fatal)\b/i.test(line));
  expect(bad, err.join('\n')).toEqual([]);
}

test(
  'the demo runs by itself and shows runs, totals side by side and a trace',
  async () => {
    const { exited, out, err } = await startDemo();

    const { code } = await exited;

    expect(code, [...out.slice(-20), ...err.slice(-20)].join('\n')).toBe(0);
    if (demo) expectNoError(demo);
    expect(out.join('\n')).not.toContain('\u001b');
    // Content is compared after each of the three rounds, changes are counted after the second.
    expect(out.filter((line) => line.includes('✓ '))).toHaveLength(2 * 3 + 2);

    const [heading = '', ...runs] = paragraph(out, /^run +collector +mode +status/);
    expect(cellsOf(heading)).toEqual(expect.arrayContaining(['inserted', 'updated', 'unchanged']));
    expect(runs.map((line) => cellsOf(line).slice(1, 4).join(' ')).toSorted()).toEqual(
      ['usgs-earthquakes', 'world-bank'].flatMap((collector) =>
        ['full', 'incremental', 'incremental'].map((mode) => `${collector} ${mode} success`),
      ),
    );

    const totals = paragraph(out, /requests full +incremental/)
      .slice(1)
      .map(cellsOf);
    expect(totals.map(([collector]) => collector)).toEqual(['world-bank', 'usgs-earthquakes']);
    for (const [collector, ...cells] of totals) {
      const [requests = 0, incremental = 0, records = 0, fewer = 0] = cells.map((cell) =>
        Number(cell.replaceAll(',', '')),
      );
      expect(incremental, collector).toBeLessThan(requests / 2);
      expect(fewer, collector).toBeLessThan(records / 2);
    }

    const tree = paragraph(out, /^run usgs-earthquakes +\(watermark\)/).join('\n');
    for (const span of [
      /publish tidemark\.extract.*\(watermark/,
      /GET {2}\(extractor\)/,
      /process tidemark\.raw.*\(transformer/,
      /process tidemark\.load.*\(loader/,
      /pg\.copy {2}\(loader\)/,
      /pg\.query:end-batch-chunk {2}\(loader\)/,
    ]) {
      expect(tree).toMatch(span);
    }
    expect(readStack(folder)).toBeUndefined();
  },
  LONGEST_MS,
);

test(
  'with --keep everything stays up until SIGTERM, and then nothing is left of it',
  async () => {
    const keeping = await startDemo('--keep');
    let hasEnded = false;
    void keeping.exited.then(() => {
      hasEnded = true;
    });
    await waitFor(
      () => hasEnded || keeping.err.some((line) => line.startsWith('Everything stays up')),
      { what: 'the demo to have been shown', timeoutMs: LONGEST_MS - 40_000 },
    );
    const stack = readStack(folder);
    expect(stack, keeping.err.slice(-20).join('\n')).toBeDefined();
    const { processes = [], addresses = {}, owner } = stack ?? {};
    expect(processes.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['simulators', 'watermark', 'extractor', 'transformer', 'loader']),
    );
    expect(processes.filter((each) => !isStillRunning(each))).toEqual([]);
    for (const url of Object.values(addresses)) {
      expect((await fetch(`${url}/readyz`)).status, url).toBe(200);
    }

    process.kill(keeping.pid, 'SIGTERM');

    expect(await keeping.exited).toEqual({ code: 0, signal: null });
    expect(processes.filter(isStillRunning)).toEqual([]);
    expect(owner && isStillRunning(owner)).toBe(false);
    expect(readStack(folder)).toBeUndefined();
    expectNoError(keeping);
  },
  LONGEST_MS,
);
