import type { RunClass, RunMode } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

export interface NewRun {
  readonly id: string;
  readonly collectorName: string;
  readonly runClass: RunClass;
  readonly mode: RunMode;
  readonly triggeredBy: string;
  readonly revision: string;
  /** Chunks of it that may be active at the same time. */
  readonly parallel: number;
  readonly traceparent: string | null;
  /** The run whose chunks it takes up. */
  readonly parentRunId?: string | undefined;
  readonly maxChunks?: number | undefined;
  readonly maxRecords?: number | undefined;
}

/**
 * Starts a run, unless it is already there (`known`) or another one of its collector and class is active
 * (`conflict`): two indexes decide, so whoever asks at the same time gets one run.
 */
export async function insertRun(
  db: Queryable,
  run: NewRun,
): Promise<'inserted' | 'known' | 'conflict'> {
  const { rowCount } = await db.query({
    name: 'insert-run',
    text: `
      insert into tidemark.collector_runs
             (id, collector_name, class, mode, status, triggered_by, revision, parallel,
              traceparent, trace_id, parent_run_id, max_chunks, max_records)
      values ($1, $2, $3, $4, 'running', $5, $6, $7, $8::text, split_part($8::text, '-', 2), $9, $10, $11)
      on conflict do nothing`,
    values: [
      run.id,
      run.collectorName,
      run.runClass,
      run.mode,
      run.triggeredBy,
      run.revision,
      run.parallel,
      run.traceparent,
      run.parentRunId ?? null,
      run.maxChunks ?? null,
      run.maxRecords ?? null,
    ],
  });
  if (rowCount === 1) return 'inserted';
  const known = await db.query({
    name: 'run-exists',
    text: 'select from tidemark.collector_runs where id = $1',
    values: [run.id],
  });
  return known.rowCount === 1 ? 'known' : 'conflict';
}
