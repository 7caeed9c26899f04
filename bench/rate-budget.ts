/**
 * Ten extractor lanes in four processes against a source with an exact sliding window: how much of the quota is used, how
 * many answers are 429, and how long a live page waits beside a backfill that would take everything.
 */
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { startSlidingWindow, type Arrival } from '@tidemark/simulators';
import { startRateStack, type RateStack } from './rate-budget/stack.ts';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    seconds: { type: 'string', default: '60' },
    requests: { type: 'string', default: '50' },
    per: { type: 'string', default: '5' },
  },
});
const seconds = Number(values.seconds);
const quota = { requests: Number(values.requests), perMs: Number(values.per) * 1_000 };
const LANES = [3, 3, 2, 2];
const LIVE_EVERY_MS = 500;
const say = (line: string): void => void process.stderr.write(`${line}\n`);

await using opened = new AsyncDisposableStack();
const source = await startSlidingWindow({ ...quota, latencyMs: [20, 120] });
opened.defer(() => source.stop());
say('Starting servers and four extractors.');
const stack = opened.use(
  await startRateStack({
    sourceUrl: source.url,
    lanes: LANES,
    rate: { requests: quota.requests, per: `${quota.perMs}ms` },
    log: say,
  }),
);
const loadBefore = loadavg()[0] ?? Number.NaN;
const report = {
  quota: `${quota.requests} in any ${quota.perMs} ms`,
  seconds,
  lanes: LANES,
  loadAverageBefore: loadBefore,
  live: await liveOnly(stack),
  alone: await liveBeside(stack, 0),
  beside: await liveBeside(stack, 20),
};
if (values.json) process.stdout.write(`${JSON.stringify(report)}\n`);
else process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);

/** A live run with more work than the quota lets through. */
async function liveOnly(of: RateStack) {
  await letQuotaRecover();
  const from = source.arrivals.length;
  const run = await of.startRun('live', 20, 1_000_000);
  await firstAfter(from);
  await pause(seconds * 1_000 + 200);
  await run.cancel();
  say('A live run alone: done.');
  return use(source.arrivals.slice(from));
}

/** Live pages that come one by one, beside a backfill of so many chains. */
async function liveBeside(of: RateStack, chunks: number) {
  await letQuotaRecover();
  const from = source.arrivals.length;
  const live = await of.startRun('live', 0, 1);
  const backfill = await of.startRun('backfill', chunks, 1_000_000);
  if (chunks > 0) await firstAfter(from);
  const published: { path: string; atMs: number }[] = [];
  const endMs = performance.now() + seconds * 1_000;
  while (performance.now() < endMs) {
    const atMs = performance.now();
    published.push({ path: await live.addPage(), atMs });
    await pause(LIVE_EVERY_MS * (0.5 + Math.random()));
  }
  await pause(2_000);
  await backfill.cancel();
  await live.cancel();
  const arrivals = source.arrivals.slice(from);
  const waitsMs = published.map(({ path, atMs }) => {
    const arrival = arrivals.find((each) => each.path === path && each.status === 200);
    return arrival ? arrival.atMs - atMs : Number.POSITIVE_INFINITY;
  });
  say(`Live pages beside ${chunks} chains of a backfill: done.`);
  return {
    ...(chunks > 0 ? use(arrivals) : {}),
    livePages: waitsMs.length,
    liveWaitMs: spread(waitsMs),
  };
}

/** What was answered and refused from the first arrival on, for so many seconds. */
function use(arrivals: readonly Arrival[]) {
  const [first] = arrivals;
  const startMs = first?.atMs ?? 0;
  const within = arrivals.filter(({ atMs }) => atMs < startMs + seconds * 1_000);
  const answered = within.filter(({ status }) => status === 200).length;
  const possible = (seconds * 1_000 * quota.requests) / quota.perMs;
  return {
    answered,
    refused: within.length - answered,
    usedShare: round(answered / possible, 4),
    refusedShare: round((within.length - answered) / within.length, 4),
  };
}

function spread(valuesMs: readonly number[]) {
  const sorted = valuesMs.toSorted((a, b) => a - b);
  const at = (share: number): number =>
    round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN, 1);
  return { median: at(0.5), p90: at(0.9), p99: at(0.99), most: at(1) };
}

async function letQuotaRecover(): Promise<void> {
  await pause(quota.perMs + 500);
}

async function firstAfter(count: number): Promise<void> {
  while (source.arrivals.length <= count) await pause(20);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
