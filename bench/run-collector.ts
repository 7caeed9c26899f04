import { connect } from '@nats-io/transport-node';
import { jetstream } from '@nats-io/jetstream';
import type pg from 'pg';

export interface RunResult {
  readonly status: string;
  readonly seconds: number;
  readonly pages: number;
  readonly processed: number;
  readonly inserted: number;
  readonly updated: number;
  readonly unchanged: number;
  /** Bytes that PostgreSQL wrote to its log for all of it: rows, ledger and progress. */
  readonly walBytes: number;
}

interface RunRow {
  status: string;
  completed_us: string;
  pages_read: string;
  records_processed: string;
  records_inserted: string;
  records_updated: string;
  records_unchanged: string;
}

/** Publishes one control message and waits for its run to end; seconds are from the message to the run's end. */
export async function runCollector(
  pool: pg.Pool,
  natsUrl: string,
  collector: string,
  run: 'incremental' | 'full' | { readonly mode: 'backfill'; readonly window: object },
): Promise<RunResult> {
  const runId = crypto.randomUUID();
  const walBefore = await walPosition(pool);
  const nc = await connect({ servers: natsUrl });
  const startedMs = Date.now();
  try {
    await jetstream(nc).publish(
      `tidemark.command.run.${collector}`,
      JSON.stringify({ runId, ...(typeof run === 'string' ? { mode: run } : run) }),
    );
    const row = await ended(pool, runId);
    return {
      status: row.status,
      seconds: Number(row.completed_us) / 1e6 - startedMs / 1e3,
      pages: Number(row.pages_read),
      processed: Number(row.records_processed),
      inserted: Number(row.records_inserted),
      updated: Number(row.records_updated),
      unchanged: Number(row.records_unchanged),
      walBytes: Number((await walPosition(pool)) - walBefore),
    };
  } finally {
    await nc.close();
  }
}

async function ended(pool: pg.Pool, runId: string): Promise<RunRow> {
  for (;;) {
    const { rows } = await pool.query<RunRow>(
      `select status, tidemark.to_micros(completed_at)::text as completed_us, pages_read, records_processed,
              records_inserted, records_updated, records_unchanged
         from tidemark.collector_runs where id = $1 and completed_at is not null`,
      [runId],
    );
    if (rows[0]) return rows[0];
    await mustNotBeRefused(pool, runId);
    // The time is that of the row: to look more often would only take processor time from what is measured.
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Else a run that never begins would be waited for without end. */
async function mustNotBeRefused(pool: pg.Pool, runId: string): Promise<void> {
  const { rows } = await pool.query<{ reasons: string[] }>(
    `select reasons from tidemark.commands where payload like $1 and outcome = 'refused'`,
    [`%${runId}%`],
  );
  if (rows[0]) throw new Error(`The run was refused: ${rows[0].reasons.join('; ')}`);
}

async function walPosition(pool: pg.Pool): Promise<bigint> {
  const { rows } = await pool.query<{ bytes: string }>(
    `select (pg_current_wal_lsn() - '0/0'::pg_lsn)::text as bytes`,
  );
  return BigInt(rows[0]?.bytes ?? 0);
}
