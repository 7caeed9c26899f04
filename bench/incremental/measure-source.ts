import type pg from 'pg';
import { runCollector, type RunResult } from '../run-collector.ts';
import { compareTarget } from './compare-target.ts';
import type { MeasuredCollector, MeasuredSource } from './measured-source.ts';

/** One run and what it asked of its source. */
export interface Asked {
  readonly requests: number;
  readonly records: number;
  /** Null for a database. */
  readonly bytes: number | null;
  readonly seconds: number;
  /** Rows that the run inserted or updated. */
  readonly written: number;
}

/** What each kind of run cost one collector. */
export interface Measured {
  readonly collector: string;
  /** What happened to the source before the incremental run. */
  readonly change: string;
  /** Of the target at the end. */
  readonly rows: number;
  readonly firstLoad: Asked;
  /** Incremental, nothing having changed. */
  readonly quiet: Asked;
  /** Incremental, after the change. */
  readonly incremental: Asked;
  readonly full: Asked;
}

export interface Servers {
  readonly pool: pg.Pool;
  readonly natsUrl: string;
}

type Step = 'firstLoad' | 'quiet' | 'incremental' | 'full';
const steps: readonly Step[] = ['firstLoad', 'quiet', 'incremental', 'full'];

/** Runs the collectors of a source step by step; after each step every target must equal its source. */
export async function measureSource(servers: Servers, source: MeasuredSource): Promise<Measured[]> {
  const asked = new Map<string, Partial<Record<Step, Asked>>>();
  const rows = new Map<string, number>();
  let change = '';
  for (const step of steps) {
    if (step === 'incremental') change = await source.change();
    for (const { name } of source.collectors) {
      asked.set(name, { ...asked.get(name), [step]: await ask(servers, source, name, step) });
    }
    for (const collector of source.collectors) {
      rows.set(collector.name, await mustEqual(servers, collector, step));
    }
  }
  return source.collectors.map(({ name }) => ({
    collector: name,
    change,
    rows: rows.get(name) ?? 0,
    firstLoad: mustHave(asked, name, 'firstLoad'),
    quiet: mustHave(asked, name, 'quiet'),
    incremental: mustHave(asked, name, 'incremental'),
    full: mustHave(asked, name, 'full'),
  }));
}

async function ask(
  { pool, natsUrl }: Servers,
  { counts }: MeasuredSource,
  name: string,
  step: Step,
): Promise<Asked> {
  const before = counts && { ...counts() };
  const run = await runCollector(pool, natsUrl, name, step === 'full' ? 'full' : 'incremental');
  const after = counts?.();
  if (run.status !== 'success') throw new Error(`${name}, ${step}: ${JSON.stringify(run)}`);
  const written = run.inserted + run.updated;
  // What a full reload finds to write is what the incremental run before it missed.
  if (step === 'full' && written > 0) {
    throw new Error(`${name}: the full reload wrote ${written} rows: ${JSON.stringify(run)}`);
  }
  return { ...askedOf(run, before, after), seconds: run.seconds, written };
}

function askedOf(
  run: RunResult,
  before: ReturnType<NonNullable<MeasuredSource['counts']>> | undefined,
  after: typeof before,
): Pick<Asked, 'requests' | 'records' | 'bytes'> {
  if (!before || !after) return { requests: run.pages, records: run.processed, bytes: null };
  return {
    requests: after.requests - before.requests,
    records: after.records - before.records,
    bytes: after.bytes - before.bytes,
  };
}

async function mustEqual(
  { pool }: Servers,
  collector: MeasuredCollector,
  step: Step,
): Promise<number> {
  const { rows, missing, unexpected } = await compareTarget(pool, collector);
  if (missing === 0 && unexpected === 0) return rows;
  throw new Error(
    `${collector.name}, ${step}: the target does not equal its source: ${missing} rows missing, ${unexpected} unexpected of ${rows}`,
  );
}

function mustHave(
  asked: ReadonlyMap<string, Partial<Record<Step, Asked>>>,
  name: string,
  step: Step,
): Asked {
  const found = asked.get(name)?.[step];
  if (!found) throw new Error(`${name} was not run: ${step}`);
  return found;
}
