import { type CollectorSummaryRow, describeCollector, setCollectorEnabled } from '@tidemark/store';
import type { Command } from 'commander';
import { type CliIo, print, printJson } from '../../cli-io.ts';
import { openStore } from '../../open.ts';
import { readCollector } from '../../read-command.ts';
import { unknownCollector } from './unknown-collector.ts';

/** `tidemark collectors enable` and `disable`: whether new runs may begin. */
export function addSwitches(collectors: Command, io: CliIo): void {
  for (const enabled of [true, false]) {
    collectors
      .command(enabled ? 'enable' : 'disable')
      .description(
        enabled
          ? 'let a collector be run again, by commands and by its schedule'
          : 'let no new run of a collector begin; active runs go on',
      )
      .argument('<collector>', "the collector's name")
      .option('--json', 'print JSON', false)
      .action(async (text: string, options: { readonly json: boolean }) => {
        const row = await switchTo(io, readCollector(text), enabled);
        if (options.json) printJson(io, row);
        else print(io, enabled ? meaningOfEnabled(row) : meaningOfDisabled(row));
      });
  }
}

async function switchTo(io: CliIo, name: string, enabled: boolean): Promise<CollectorSummaryRow> {
  await using store = openStore(io);
  await store.with((db) => setCollectorEnabled(db, { name, enabled }));
  const row = await store.with((db) => describeCollector(db, name));
  if (!row) throw unknownCollector(name);
  const { definition: _, ...summary } = row;
  return summary;
}

function meaningOfDisabled({ name, schedule_cron: cron }: CollectorSummaryRow): string {
  return [
    `${name} is disabled.`,
    cron === null ? 'It has no schedule.' : `Its schedule (${cron}) starts nothing.`,
    'Commands to run it are refused with COLLECTOR_DISABLED, those that wait already too.',
    `A run that is active goes on; \`tidemark cancel ${name}\` ends it. A restart does not enable it.`,
  ].join('\n');
}

function meaningOfEnabled(row: CollectorSummaryRow): string {
  const { name, schedule_cron: cron, revision, error_message: reason } = row;
  const lines = [
    `${name} is enabled.`,
    cron === null
      ? 'It has no schedule.'
      : `Its schedule (${cron}) starts runs; a tick missed not long ago (an hour, unless set otherwise) is made up for once.`,
  ];
  if (revision === null) {
    lines.push(`Commands to run it are still refused: ${reason ?? 'it has no valid definition'}`);
  } else {
    lines.push('Commands to run it are accepted.');
    if (reason !== null) lines.push(`They use its last good revision ${revision}: ${reason}`);
  }
  return lines.join('\n');
}
