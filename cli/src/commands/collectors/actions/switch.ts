import { randomUUID } from 'node:crypto';
import { DisableCommand, EnableCommand } from '@tidemark/contracts';
import { type CollectorSummaryRow, describeCollector, type Store } from '@tidemark/store';
import { type CliIo, FailedError, print, printJson } from '../../../cli-io.ts';
import { openBus, openStore } from '../../../open.ts';
import { readCollector, readCommand } from '../../../read-command.ts';
import { sendCommand } from '../../../send-command.ts';
import { unknownCollector } from './unknown-collector.ts';

export interface SwitchOptions {
  readonly triggeredBy: string;
  readonly json: boolean;
}

/** Says whether new runs of a collector may begin, and prints what that means. */
export async function switchCollector(
  io: CliIo,
  text: string,
  verb: 'enable' | 'disable',
  options: SwitchOptions,
): Promise<void> {
  const row = await switchTo(io, readCollector(text), verb, options);
  if (options.json) printJson(io, row);
  else print(io, verb === 'enable' ? meaningOfEnabled(row) : meaningOfDisabled(row));
}

async function switchTo(
  io: CliIo,
  collector: string,
  verb: 'enable' | 'disable',
  { triggeredBy }: SwitchOptions,
): Promise<CollectorSummaryRow> {
  await using store = openStore(io);
  // Nothing is asked of the broker about what is not there.
  await mustDescribe(store, collector);
  await using bus = await openBus(io);
  const schema = verb === 'enable' ? EnableCommand : DisableCommand;
  const body = readCommand(schema, { commandId: randomUUID(), triggeredBy });
  const { outcome, reasons } = await sendCommand(bus, store, { verb, collector, body });
  if (outcome === 'refused') throw new FailedError(`refused: ${reasons.join('; ')}`);
  return await mustDescribe(store, collector);
}

async function mustDescribe(store: Store, name: string): Promise<CollectorSummaryRow> {
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
