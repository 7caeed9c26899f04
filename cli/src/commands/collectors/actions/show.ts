import { Definition } from '@tidemark/collector-sdk';
import { writeYaml } from '@tidemark/collector-sdk/yaml';
import { registry } from '@tidemark/collectors';
import {
  type CollectorDescriptionRow,
  type PartitionMarkRow,
  type IdSummaryRow,
  type RunRow,
  describeCollector,
  listPartitionMarks,
  listRuns,
  summarizeIds,
} from '@tidemark/store';
import { colours as pc } from '../../../print/colours.ts';
import { type CliIo, print, printJson } from '../../../cli-io.ts';
import { openStore } from '../../../open.ts';
import { lateSentence } from '../../../print/late-rows.ts';
import { refusedDefinition } from '../../../print/refused-definition.ts';
import { runsTable } from '../../../print/runs-table.ts';
import { showCount, showInstant, showStatus } from '../../../print/show.ts';
import { table } from '../../../print/table.ts';
import { readCollector } from '../../../read-command.ts';
import { originOf } from './origin.ts';
import { showSchedule, showTarget } from './show-summary.ts';
import { unknownCollector } from './unknown-collector.ts';

const LAST_RUNS = 5;
const MISSING_SHOWN = 10;

/** Prints one collector with all that is known of it. */
export async function showCollector(
  io: CliIo,
  text: string,
  options: { readonly json: boolean },
): Promise<void> {
  const name = readCollector(text);
  await using store = openStore(io);
  const row = await store.with((db) => describeCollector(db, name));
  if (!row) throw unknownCollector(name);
  const marks = await store.with((db) => listPartitionMarks(db, name));
  const runs = await store.with((db) => listRuns(db, { collector: name, limit: LAST_RUNS }));
  const ids = await store.with((db) => summarizeIds(db, name, MISSING_SHOWN));
  if (options.json) {
    const origin = originOf(row, registry.definitions);
    printJson(io, { ...row, origin, watermarks: marks, ids: ids ?? null, last_runs: runs });
  } else {
    print(io, [header(row), ...sections(row, marks, { runs, ids })].join('\n\n'));
  }
}

function header(row: CollectorDescriptionRow): string {
  const late = lateSentence(row);
  const lines = [
    ['collector', pc.bold(row.name)],
    ['enabled', row.enabled ? 'yes' : pc.yellow('no')],
    ['status', showStatus(row.status)],
    ['from', originOf(row, registry.definitions) ?? '–'],
    ['revision', row.revision ?? '–'],
    ['asks by', row.incremental_kind ?? '–'],
    ['target', showTarget(row)],
    ['schedule', showSchedule(row)],
    ['registered', showInstant(row.registered_at)],
    ['changed', showInstant(row.updated_at)],
    ...(late === undefined ? [] : [['late', late]]),
  ].map(([what = '', value]) => `${pc.dim(what.padEnd(11))} ${value}`);
  if (row.error_message !== null) {
    lines.push(`\nIts definition ${refusedDefinition(row)}:\n${row.error_message}`);
  }
  return lines.join('\n');
}

function sections(
  row: CollectorDescriptionRow,
  marks: readonly PartitionMarkRow[],
  { runs, ids }: { readonly runs: readonly RunRow[]; readonly ids: IdSummaryRow | undefined },
): string[] {
  return [
    section('Watermarks', marks.length > 0 ? marksTable(marks) : noMarks(row)),
    ...(ids ? [section('Ids', idsText(ids))] : []),
    section('Last runs', runs.length > 0 ? runsTable(runs) : 'It was not run yet.'),
    ...(row.definition === null ? [] : [section('Definition', showDefinition(row.definition))]),
  ];
}

function section(title: string, content: string): string {
  return `${pc.bold(title)}\n${content}`;
}

/** Some ways of asking keep no watermark, however much is loaded. */
const withoutMarks: Readonly<Record<string, string>> = {
  full: 'It has none: each run asks for everything.',
  snapshot: 'It has none: each run asks for everything.',
  worklist: 'It has none: each id has its own state.',
  token: 'It has none: the source is told the token that it gave last.',
};

function noMarks({ incremental_kind: kind }: CollectorDescriptionRow): string {
  return withoutMarks[kind ?? ''] ?? 'Nothing is loaded yet.';
}

function marksTable(marks: readonly PartitionMarkRow[]): string {
  return table(
    ['partition', 'begins at', 'loaded up to', ' holes', 'changed'],
    marks.map((mark) => [
      mark.partition,
      showInstant(mark.floor),
      showInstant(mark.low_water_mark),
      showCount(mark.holes),
      showInstant(mark.updated_at),
    ]),
  );
}

/** How many ids are known, and those that were asked for and not answered. */
function idsText({ ids, answered, missing, missing_ids: some }: IdSummaryRow): string {
  const counts = `${showCount(ids)} known, ${showCount(answered)} answered, ${showCount(missing)} missing`;
  if (some.length === 0) return counts;
  const rows = some.map((each) => [
    each.key,
    each.partition,
    showInstant(each.missing_at),
    showCount(each.missing_count),
  ]);
  return `${counts}\n${table(['missing', 'partition', 'since', ' times'], rows)}`;
}

/** Settings in the order of the documentation; one that another release wrote comes as it is. */
function showDefinition(definition: unknown): string {
  const { success, data } = Definition.safeParse(definition);
  return writeYaml(success ? data : definition).trimEnd();
}
