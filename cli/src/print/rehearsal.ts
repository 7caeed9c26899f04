import { RehearsalReport } from '@tidemark/contracts';
import { showCounted } from './show.ts';

/** What a rehearsal found, for people; undefined when there is no report. */
export function printRehearsal(report: unknown): string | undefined {
  const { success, data } = RehearsalReport.safeParse(report);
  if (!success) return undefined;
  if (data.error !== undefined) return `It could not be compared with its target: ${data.error}`;
  return [
    `A run would insert ${showCounted(data.rows_inserted, 'row')} and update ${showCounted(data.rows_updated, 'row')}; ` +
      `${showCounted(data.rows_unchanged, 'row')} would stay as they are. The target was left alone.`,
    ...data.samples.map(sampleLine),
  ].join('\n');
}

function sampleLine({ kind, key, changes }: RehearsalReport['samples'][number]): string {
  const name = Object.entries(key).map(([column, value]) => `${column}=${shown(value)}`);
  const details = Object.entries(changes).map(([column, { old, new: now }]) =>
    kind === 'updated' ? `${column}: ${shown(old)} → ${shown(now)}` : `${column}: ${shown(now)}`,
  );
  return `  ${kind} ${name.join(', ')}  ${details.join(', ')}`;
}

function shown(value: string | null): string {
  if (value === null) return 'null';
  return value.length > 60 ? `${value.slice(0, 57)}…` : value;
}
