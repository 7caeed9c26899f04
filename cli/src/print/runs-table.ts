import type { RunRow } from '@tidemark/store';
import { showCount, showCounted, showDuration, showInstant, showStatus } from './show.ts';
import { table } from './table.ts';

const heading = [
  'run',
  'collector',
  'mode',
  'status',
  'started',
  ' took',
  ' pages',
  ' records',
  ' inserted',
  ' updated',
  ' unchanged',
  ' rejected',
];

/** Runs as a table, one a line, with the reason below those that have one. */
export function runsTable(runs: readonly RunRow[]): string {
  return table(
    heading,
    runs.map((run) => [
      run.id,
      run.collector_name,
      run.mode,
      showStatus(run.status),
      showInstant(run.started_at),
      showDuration(run.duration_seconds),
      ...[
        run.pages_read,
        run.records_processed,
        run.records_inserted,
        run.records_updated,
        run.records_unchanged + run.records_stale,
        run.records_rejected,
      ].map(showCount),
    ]),
  );
}

/** How a run is, or how it ended, in one sentence. */
export function runSentence(run: RunRow): string {
  const counts = [
    showCounted(run.pages_read, 'page'),
    showCounted(run.records_processed, 'record'),
    `${showCount(run.records_inserted)} inserted`,
    `${showCount(run.records_updated)} updated`,
    `${showCount(run.records_unchanged + run.records_stale)} unchanged`,
    `${showCount(run.records_rejected)} rejected`,
  ].join(', ');
  const children = childrenOf(run);
  const warnings = run.warnings.map((text) => ` Warning: ${text}.`).join('');
  const reason = run.error_message === null ? '' : ` Reason: ${run.error_message}`;
  return `${run.collector_name} ${showStatus(run.status)} after ${showDuration(run.duration_seconds)}: ${counts}${seldomOf(run)}${children}.${reason}${warnings}`;
}

/** What most runs have nothing of. */
function seldomOf(run: RunRow): string {
  const told: [count: number, what: string][] = [
    [run.records_deleted, 'deleted'],
    [run.records_out_of_range, 'outside of what was asked for'],
    [run.late_records, 'late'],
    [run.ids_missing, run.ids_missing === 1 ? 'id missing' : 'ids missing'],
  ];
  const seen = told.filter(([count]) => count > 0);
  return seen.map(([count, what]) => `, ${showCount(count)} ${what}`).join('');
}

/** What became of rows of children, where there was something. */
function childrenOf(run: RunRow): string {
  const { children_inserted, children_updated, children_deleted } = run;
  if (children_inserted + children_updated + children_deleted === 0) return '';
  return `; of children ${showCount(children_inserted)} inserted, ${showCount(children_updated)} updated, ${showCount(children_deleted)} deleted`;
}
