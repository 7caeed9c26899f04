import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Copies } from './faults/copies.ts';
import { inject } from './faults/inject.ts';
import { checkHistory } from './oracle/check-history.ts';
import { checkLeftovers } from './oracle/check-leftovers.ts';
import { checkLetters, checkReplayed } from './oracle/check-letters.ts';
import { checkMidway } from './oracle/check-midway.ts';
import { checkOwnEnds } from './oracle/check-own-ends.ts';
import { checkRuns } from './oracle/check-runs.ts';
import { checkAllParcels, checkTargets } from './oracle/check-targets.ts';
import { checkWatermarks } from './oracle/check-watermarks.ts';
import { showDifference, type Difference } from './oracle/difference.ts';
import { workStreams, describeFault } from './plan/fault.ts';
import { makePlan, type PlanRequest } from './plan/make-plan.ts';
import { Random } from './random.ts';
import { verdictOf, type Verdict } from './verdict.ts';
import { startWorld, type World } from './world/start-world.ts';
import { keepAsking } from './work/keep-asking.ts';
import { keepChanging } from './work/keep-changing.ts';
import { mendParcels } from './work/mend-parcels.ts';
import { readEverything, runToTheEnd, UnfinishedError } from './work/run-to-the-end.ts';

export interface Outcome {
  readonly seed: number;
  readonly kills: number;
  readonly differences: number;
  readonly verdict: Verdict;
  readonly faults: number;
  readonly seconds: number;
  readonly runs: number;
  readonly rows: number;
  readonly looks: number;
  readonly copies: number;
  /** Dead letters that were replayed in the end. */
  readonly letters: number;
  readonly own_ends: number;
  /** Kept when something differs. */
  readonly folder: string | null;
}

type Say = (line: string) => void;

const LOOK_EVERY_MS = 4_000;
const COPY_EVERY_MS = 150;
/** Each step of coming to rest may take so long, even when the time of the request is over. */
const END_DEADLINE_MS = 180_000;
const SHOWN = 20;

/**
 * Breaks the whole product on purpose, lets it come to rest, and compares everything with what it has to be. Whatever was
 * started is ended, also when it is interrupted.
 */
export async function runChaos(
  request: PlanRequest,
  say: Say,
  interrupted: Promise<never>,
): Promise<Outcome> {
  const startedMs = performance.now();
  const tell: Say = (line) => {
    say(`${((performance.now() - startedMs) / 1_000).toFixed(1).padStart(7)} s  ${line}`);
  };
  await using world = await startWorld(request.seed, tell);
  return await Promise.race([breakAndJudge(world, request, { tell, startedMs }), interrupted]);
}

interface Telling {
  readonly tell: Say;
  readonly startedMs: number;
}

async function breakAndJudge(
  world: World,
  request: PlanRequest,
  { tell, startedMs }: Telling,
): Promise<Outcome> {
  const plan = makePlan(request);
  tell(`seven services, two servers and two sources are up: ${world.folder}`);

  const differences: Difference[] = [];
  const copies = new Copies(world.connection, new Random(request.seed + 4));
  const stopping = new AbortController();
  const { signal } = stopping;
  const tally = { kills: 0, faults: 0, looks: 0 };
  const random = new Random(request.seed + 5);
  const life = [
    keepChanging(world, signal),
    keepAsking(world, random, signal),
    keepDoing(COPY_EVERY_MS, signal, () => copies.take(random.pick(workStreams))),
    keepDoing(LOOK_EVERY_MS, signal, async () => {
      const seen = await checkMidway(world);
      if (seen) tally.looks += 1;
      for (const difference of seen ?? []) tell(`DIFFERENT ${showDifference(difference)}`);
      differences.push(...(seen ?? []));
    }),
  ];

  const deadlineMs = startedMs + request.minutes * 60_000;
  const open = new Set<Promise<void>>();
  for (const { afterMs, fault } of plan) {
    await delay(afterMs);
    if (performance.now() > deadlineMs) {
      tell('time is up before all kills were done');
      break;
    }
    tell(describeFault(fault));
    const happening: Promise<void> = inject({ world, copies }, fault).finally(() => {
      open.delete(happening);
    });
    open.add(happening);
    tally.faults += 1;
    if (fault.kind === 'kill') tally.kills += 1;
  }
  await Promise.all(open);
  stopping.abort();
  await Promise.all(life);
  world.lines.mend();
  world.shopServer.behave();
  const frozenUs = BigInt(Date.now()) * 1_000n;
  tell('no more faults, and the sources stand still');

  const restMs = (): number => Math.max(END_DEADLINE_MS, deadlineMs - performance.now());
  differences.push(...(await judge(world, { frozenUs, restMs, tell })));
  const outcome = await describe(world, { ...tally, request, differences, startedMs, copies });
  if (differences.length > 0) await keepEvidence(world, differences, tell);
  return outcome;
}

async function keepDoing(
  everyMs: number,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  while (!signal.aborted) {
    await work();
    await delay(everyMs, undefined, { signal }).catch(() => undefined);
  }
}

interface Judging {
  /** Since when the sources stand still. */
  readonly frozenUs: bigint;
  /** How long all may still take to come to rest. */
  readonly restMs: () => number;
  readonly tell: Say;
}

/** What differs when all has come to rest, when everything was read once more, and when what was refused was mended. */
async function judge(world: World, { frozenUs, restMs, tell }: Judging): Promise<Difference[]> {
  const differences: Difference[] = [];
  let isCompared = false;
  try {
    await runToTheEnd(world, restMs());
    tell('every collector has read what was left');
    differences.push(...(await compareAll(world, frozenUs)));
    isCompared = true;
    const runs = await readEverything(world, restMs());
    tell('every collector has read everything once more');
    differences.push(...(await checkHistory(world, runs)), ...(await checkLetters(world)));
    const replay = await mendParcels(world, restMs());
    tell('the dead letters are replayed');
    differences.push(
      ...(await checkReplayed(world, replay)),
      ...(await checkAllParcels(world)),
      ...(await checkLeftovers(world)),
      ...(await checkRuns(world)),
    );
  } catch (error) {
    if (!(error instanceof UnfinishedError)) throw error;
    differences.push({ where: 'end', key: '*', what: error.message });
    if (!isCompared) differences.push(...(await compareAll(world, frozenUs)));
  }
  return [...differences, ...checkOwnEnds(world)];
}

async function compareAll(world: World, frozenUs: bigint): Promise<Difference[]> {
  return [
    ...(await checkLeftovers(world)),
    ...(await checkTargets(world)),
    ...(await checkRuns(world)),
    ...(await checkWatermarks(world, frozenUs)),
    ...(await checkLetters(world)),
  ];
}

interface Told {
  readonly kills: number;
  readonly faults: number;
  readonly looks: number;
  readonly request: PlanRequest;
  readonly differences: readonly Difference[];
  readonly startedMs: number;
  readonly copies: Copies;
}

async function describe(world: World, told: Told): Promise<Outcome> {
  const { rows } = await world.pool.query<Record<'runs' | 'rows' | 'letters', number>>(`
    select count(*)::int as runs, coalesce(sum(records_processed), 0)::int as rows,
           (select count(*)::int from tidemark.dead_letters where status = 'replayed') as letters
      from tidemark.collector_runs`);
  const [counted = { runs: 0, rows: 0, letters: 0 }] = rows;
  const { kills, request } = told;
  const differences = told.differences.length;
  return {
    seed: request.seed,
    kills,
    differences,
    verdict: verdictOf({ differences, kills, killsWanted: request.kills }),
    faults: told.faults,
    seconds: Math.round((performance.now() - told.startedMs) / 1_000),
    ...counted,
    looks: told.looks,
    copies: told.copies.published,
    own_ends: world.ownEnds.length,
    folder: differences > 0 ? world.folder : null,
  };
}

const tables = ['collector_runs', 'chunks', 'pages', 'batches', 'watermarks', 'dead_letters'];

/** Leaves everything that a person needs to find out why. */
async function keepEvidence(
  world: World,
  differences: readonly Difference[],
  tell: Say,
): Promise<void> {
  world.keepFolder = true;
  const folder = join(world.folder, 'evidence');
  await mkdir(folder);
  const lines = differences.map(showDifference);
  await writeFile(join(folder, 'differences.txt'), `${lines.join('\n')}\n`);
  for (const table of tables) {
    const { rows } = await world.pool.query(`select to_json(t) as row from tidemark.${table} t`);
    const text = rows.map(({ row }) => JSON.stringify(row)).join('\n');
    await writeFile(join(folder, `${table}.ndjson`), `${text}\n`);
  }
  for (const line of lines.slice(0, SHOWN)) tell(`DIFFERENT ${line}`);
  if (lines.length > SHOWN) tell(`and ${lines.length - SHOWN} more`);
}
