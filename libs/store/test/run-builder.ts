import { randomUUID } from 'node:crypto';
import type pg from 'pg';
import { ensureWatermarks, insertChunks, insertRun, type NewChunk } from '../src/index.ts';

/** What a test says about a run; the rest is filled in. */
export interface RunSketch {
  readonly collector?: string;
  readonly id?: string;
  readonly parallel?: number;
  readonly chunks?: readonly Partial<NewChunk>[];
  readonly floor?: string;
  /** Chunks start as active at attempt 1. */
  readonly active?: boolean;
}

const firstPage = { seq: 0, place: {}, windows: [], bound: null, stride: null };

/** Puts a running run with its chunks into the tables and gives its id. */
export async function aRun(pool: pg.Pool, sketch: RunSketch = {}): Promise<string> {
  const id = sketch.id ?? randomUUID();
  const collector = sketch.collector ?? 'things';
  const chunks = sketch.chunks ?? [{}];
  await insertRun(pool, {
    id,
    collectorName: collector,
    runClass: 'live',
    mode: 'incremental',
    triggeredBy: 'test',
    revision: '0123456789abcdef',
    parallel: sketch.parallel ?? 8,
    traceparent: null,
  });
  await ensureWatermarks(pool, collector, [
    { partition: '{}', unit: 'time', floor: sketch.floor ?? '0' },
  ]);
  await insertChunks(
    pool,
    id,
    chunks.map((chunk, chunkId) => ({
      chunkId,
      priority: 0,
      partition: '{}',
      task: { page: firstPage },
      cursorFrom: null,
      cursorTo: null,
      items: [],
      straight: false,
      ...chunk,
    })),
  );
  if (sketch.active ?? true) {
    await pool.query(
      `update tidemark.chunks set status = 'active', attempt = 1, released_at = clock_timestamp() where run_id = $1`,
      [id],
    );
  }
  return id;
}

export interface PageSketch {
  readonly chunk?: number;
  readonly seq?: number;
  readonly digest?: string;
  readonly parts?: number;
  readonly last?: boolean;
  readonly outcome?: 'page' | 'last' | 'unchanged';
  readonly next?: readonly number[];
  readonly bound?: string | null;
  readonly signal?: string | null;
  /** Ranges of an integer cursor, as a `nummultirange`. */
  readonly seen?: string;
}

const sixteen = (text: string): string => text.padStart(16, '0');

/** Records a page as the extractor does. */
export async function recordAPage(pool: pg.Pool, run: string, page: PageSketch = {}) {
  const { rows } = await pool.query<{
    verdict: string;
    digest: string;
    next: { seq: number }[];
    chunk_status: string | null;
    run_status: string | null;
  }>(
    'select * from tidemark.record_page($1, $2, 1, $3, $4, $5, $6, $7, $8, $9, $10, $11, null, $12)',
    [
      run,
      page.chunk ?? 0,
      page.seq ?? 0,
      sixteen(page.digest ?? 'a'),
      page.parts ?? 1,
      page.outcome ?? (page.last ? 'last' : 'page'),
      page.last ?? false,
      JSON.stringify((page.next ?? []).map((seq) => ({ ...firstPage, seq }))),
      page.bound ?? null,
      page.signal ?? null,
      '1700000000000000',
      page.seen ?? null,
    ],
  );
  return rows[0];
}

export interface BatchSketch {
  readonly chunk?: number;
  readonly seq?: number;
  readonly digest?: string;
  readonly part?: number;
  readonly inserted?: number;
  readonly rejected?: number;
}

/** Loads a batch without a target: ledger, chunk, and whatever that ends, in one transaction. */
export async function loadABatch(
  pool: pg.Pool,
  run: string,
  batch: BatchSketch = {},
): Promise<string | null> {
  const chunk = batch.chunk ?? 0;
  const db = await pool.connect();
  try {
    await db.query('begin');
    const ledger = await db.query<{ id: string }>(
      `insert into tidemark.batches (run_id, chunk_id, seq, digest, part, attempt, outcome, asked_at)
       values ($1, $2, $3, $4, $5, 1, 'page', clock_timestamp())
       on conflict do nothing returning id`,
      [run, chunk, batch.seq ?? 0, sixteen(batch.digest ?? 'a'), batch.part ?? 0],
    );
    const id = ledger.rows[0]?.id;
    if (id === undefined) {
      await db.query('rollback');
      return null;
    }
    const finished = await db.query<{ verdict: string; ending: string | null }>(
      'select * from tidemark.finish_batch($1, $2, 1, $3, false, $4, 0, 0, 0, $5, 0.2, false)',
      [run, chunk, id, batch.inserted ?? 1, batch.rejected ?? 0],
    );
    const { verdict, ending = null } = finished.rows[0] ?? {};
    if (verdict !== 'loaded') {
      await db.query('rollback');
      return verdict ?? null;
    }
    if (ending === 'done') {
      await db.query(`select tidemark.end_chunk($1, $2, 'done', null, null)`, [run, chunk]);
    }
    await db.query('commit');
    return ending;
  } finally {
    db.release();
  }
}

/** The run as a person sees it in the tables. */
export async function readRun(pool: pg.Pool, run: string): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<Record<string, unknown>>(
    `select status, chunks_done, chunks_failed, records_processed::integer, records_inserted::integer,
            records_refetched::integer, pages_read::integer, watermark_to, error_message,
            completed_at is not null as ended
       from tidemark.collector_runs where id = $1`,
    [run],
  );
  return rows[0] ?? {};
}
