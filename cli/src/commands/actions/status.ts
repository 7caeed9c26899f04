import {
  type CollectorStatusRow,
  listCollectorStatus,
  listPauses,
  listRefusedCommands,
  listRestores,
  listRuns,
  listWaits,
  type PauseRow,
  type RestoreRow,
} from '@tidemark/store';
import { colours as pc } from '../../print/colours.ts';
import { type CliIo, print, printJson, say } from '../../cli-io.ts';
import { openStore } from '../../open.ts';
import { lateSentence } from '../../print/late-rows.ts';
import { refusedDefinition } from '../../print/refused-definition.ts';
import { runsTable } from '../../print/runs-table.ts';
import { showDuration, showInstant, showStatus } from '../../print/show.ts';
import { table } from '../../print/table.ts';

const MOST_REFUSED = 5;
const MOST_ACTIVE = 100;
const RESTORES_DAYS = 7;
/** Shorter pauses of a source are over before anybody wonders. */
const PAUSE_SECONDS = 15;

/** Prints how the collectors are, the active runs and the commands that were refused. */
export async function showOverview(io: CliIo, options: { readonly json: boolean }): Promise<void> {
  await using store = openStore(io);
  const status = await store.with(async (db) => ({
    collectors: await listCollectorStatus(db),
    active_runs: await listRuns(db, {
      statuses: ['running', 'paused', 'closing'],
      limit: MOST_ACTIVE,
    }),
    waits: await listWaits(db),
    pauses: await listPauses(db, PAUSE_SECONDS),
    refused_commands: await listRefusedCommands(db, MOST_REFUSED),
    restores: await listRestores(db, RESTORES_DAYS),
  }));
  if (options.json) printJson(io, status);
  else printStatus(io, status);
}

interface Status {
  readonly collectors: Awaited<ReturnType<typeof listCollectorStatus>>;
  readonly active_runs: Awaited<ReturnType<typeof listRuns>>;
  readonly waits: Awaited<ReturnType<typeof listWaits>>;
  readonly pauses: readonly PauseRow[];
  readonly refused_commands: Awaited<ReturnType<typeof listRefusedCommands>>;
  readonly restores: readonly RestoreRow[];
}

function printStatus(io: CliIo, status: Status): void {
  for (const each of status.restores) print(io, `${pc.red(restoreSentence(each))}\n`);
  if (status.collectors.length === 0) {
    say(io, 'No collector is registered yet: the watermark service registers them when it starts.');
  } else {
    print(io, collectorsTable(status.collectors));
  }
  for (const each of status.collectors) {
    if (each.error_message === null) continue;
    const reason = indent(each.error_message);
    print(io, `\nThe definition of ${pc.bold(each.name)} ${refusedDefinition(each)}:\n${reason}`);
  }
  for (const each of status.collectors.filter((row) => row.is_lookback_short)) {
    print(io, `\n${pc.yellow(each.name)}: ${lateSentence(each)}`);
  }
  for (const { collector_name: name, since, code, reason } of status.waits) {
    print(io, `\n${pc.yellow(name)} waits since ${showInstant(since)}: ${code}: ${reason}`);
  }
  for (const each of status.pauses) print(io, `\n${pauseSentence(each)}`);
  if (status.active_runs.length > 0) {
    print(io, `\n${pc.bold('Active runs')}\n${runsTable(status.active_runs)}`);
  }
  if (status.refused_commands.length > 0) {
    const lines = status.refused_commands.map(
      (each) =>
        `${showInstant(each.answered_at)}  ${each.verb} ${each.collector_name}: ${each.reasons.join('; ')}`,
    );
    print(io, `\n${pc.bold('Refused commands of the last day')}\n${lines.join('\n')}`);
  }
}

function pauseSentence({ key, until, reason }: PauseRow): string {
  const why = reason === 'asked' ? 'it told us to wait so long' : 'its quota is used up';
  return `The source ${pc.yellow(key)} is asked for nothing until ${showInstant(until)}: ${why}`;
}

function restoreSentence({ kind, ...at }: RestoreRow): string {
  const noticed = `noticed ${showInstant(at.noticed_at)}`;
  if (kind === 'replaced') {
    return `PostgreSQL is another database than the one that NATS has served before (${noticed}); see docs/operations.md.`;
  }
  return (
    `PostgreSQL was put back to its state of ${showInstant(at.restored_to)} (${noticed}): what was done from then until ` +
    `${showInstant(at.seen_until)} is not known any more; see docs/operations.md.`
  );
}

function collectorsTable(collectors: readonly CollectorStatusRow[]): string {
  return table(
    ['collector', 'status', 'last run', 'at', 'loaded up to', ' lag'],
    collectors.map((each) => [
      each.name,
      showStatus(each.enabled ? each.status : 'disabled'),
      showStatus(each.last_run_status),
      showInstant(each.last_run_at),
      showInstant(each.low_water_mark),
      each.lag_seconds === null ? '–' : showDuration(Math.max(0, each.lag_seconds)),
    ]),
  );
}

function indent(text: string): string {
  return text.replaceAll(/^/gm, '  ');
}
