import { registry } from '@tidemark/collectors';
import { type CollectorSummaryRow, listCollectors } from '@tidemark/store';
import { type CliIo, print, printJson, say } from '../../../cli-io.ts';
import { openStore } from '../../../open.ts';
import { showStatus } from '../../../print/show.ts';
import { table } from '../../../print/table.ts';
import { originOf } from './origin.ts';
import { showSchedule, showTarget } from './show-summary.ts';

/** Prints the registered collectors. */
export async function listRegistered(
  io: CliIo,
  options: { readonly json: boolean },
): Promise<void> {
  await using store = openStore(io);
  const rows = await store.with(listCollectors);
  if (options.json) {
    printJson(
      io,
      rows.map((row) => ({ ...row, origin: originOf(row, registry.definitions) })),
    );
  } else if (rows.length > 0) {
    print(io, collectorsTable(rows));
  } else {
    say(io, 'No collector is registered yet: the watermark service does that when it starts.');
  }
}

function collectorsTable(rows: readonly CollectorSummaryRow[]): string {
  return table(
    ['collector', 'enabled', 'status', 'asks by', 'target', 'schedule', 'from'],
    rows.map((row) => [
      row.name,
      row.enabled ? 'yes' : 'no',
      showStatus(row.status),
      row.incremental_kind ?? '–',
      showTarget(row),
      showSchedule(row),
      originOf(row, registry.definitions) ?? '–',
    ]),
  );
}
