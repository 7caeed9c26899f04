import type { Arguments } from './read-arguments.ts';
import type { RecordsSimulator } from './records/start-records.ts';
import { startRecords } from './records/start-records.ts';
import { startUsgs } from './usgs/start-usgs.ts';
import { startWorldBank } from './world-bank/start-world-bank.ts';

/** The addresses of all simulators of one process. */
export interface Addresses {
  worldBankUrl: string;
  usgsUrl: string;
  /** Only when records were asked for. */
  recordsUrl?: string;
}

/** Simulators that stop together. */
export interface AllSimulators extends AsyncDisposable {
  readonly addresses: Addresses;
}

/** Starts all simulators on one clock, with the quirks that the real services show now and then. */
export async function startAll(args: Arguments): Promise<AllSimulators> {
  await using started = new AsyncDisposableStack();
  const common = {
    host: args.host,
    latencyMs: args.latencyMs,
    seed: args.seed,
    clock: makeClock(args.clockStartMs),
  };
  const quirks = { bomShare: 0.1, stringMetaShare: 0.2, xmlErrorShare: 0.2 };
  const worldBank = started.use(
    await startWorldBank({ ...common, ...quirks, port: portOf(args, 0), lastYear: args.lastYear }),
  );
  const usgs = started.use(await startUsgs({ ...common, port: portOf(args, 1) }));
  const records = await startRecordsIfAsked(args, common);
  if (records !== undefined) started.use(records);
  const running = started.move();
  return {
    addresses: {
      worldBankUrl: worldBank.url,
      usgsUrl: usgs.url,
      ...(records === undefined ? {} : { recordsUrl: records.url }),
    },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

async function startRecordsIfAsked(
  args: Arguments,
  common: { host: string; latencyMs: number; seed: number; clock: () => number },
): Promise<RecordsSimulator | undefined> {
  if (args.records === 0) return undefined;
  return startRecords({
    ...common,
    port: portOf(args, 2),
    generate: { count: args.records, seed: args.seed },
    prerenderPerPage: args.recordsPerPage,
  });
}

/** One port after the other from the given one; free ones when none is given. */
function portOf(args: Arguments, index: number): number {
  return args.port === 0 ? 0 : args.port + index;
}

/** The real clock, or one that started at the given moment and runs as fast. */
function makeClock(startMs: number | undefined): () => number {
  if (startMs === undefined) return Date.now;
  const offsetMs = startMs - Date.now();
  return () => Date.now() + offsetMs;
}
