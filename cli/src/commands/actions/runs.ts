import type { RunStatus } from '@tidemark/contracts';
import { listRuns } from '@tidemark/store';
import { type CliIo, printJson, print, say } from '../../cli-io.ts';
import { openStore } from '../../open.ts';
import { runsTable } from '../../print/runs-table.ts';

export interface RunsOptions {
  readonly collector?: string;
  readonly status?: RunStatus;
  readonly limit: number;
  readonly json: boolean;
}

/** Prints the newest runs. */
export async function showRuns(io: CliIo, options: RunsOptions): Promise<void> {
  await using store = openStore(io);
  const runs = await store.with(async (db) =>
    listRuns(db, {
      collector: options.collector,
      statuses: options.status && [options.status],
      limit: options.limit,
    }),
  );
  if (options.json) printJson(io, runs);
  else if (runs.length > 0) print(io, runsTable(runs));
  else say(io, 'No runs yet. Start one with `tidemark run <collector>`.');
}
