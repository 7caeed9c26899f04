import type { ChunkStatus, PageOutcome, PagePlace, RunStatus } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

export interface RecordPageInput {
  readonly runId: string;
  readonly chunkId: number;
  readonly attempt: number;
  readonly seq: number;
  readonly digest: string;
  readonly parts: number;
  readonly outcome: Exclude<PageOutcome, 'failed'>;
  readonly last: boolean;
  readonly next: readonly PagePlace[];
  readonly bound: string | null;
  readonly signal: string | null;
  /** Of a worklist: which of the ids that were asked for are in the page. */
  readonly found?: readonly string[] | null;
  /** Of an integer cursor: the ranges of its values, as a `nummultirange`. */
  readonly seen?: string | null;
  /** What people should know of the run that has this page. */
  readonly warnings?: readonly string[];
  readonly askedAtUs: string;
}

/** `recorded` gives the winner's digest and what follows it; `stop`: the page belongs to nothing that is still open. */
export type RecordedPage =
  | {
      readonly verdict: 'recorded';
      readonly digest: string;
      readonly next: readonly PagePlace[];
      readonly chunkStatus: ChunkStatus;
      /** Set when the page ended its chunk. */
      readonly runStatus: RunStatus | null;
    }
  | { readonly verdict: 'stop' };

interface Row {
  readonly verdict: 'recorded' | 'stop';
  readonly digest: string;
  readonly next: PagePlace[];
  readonly chunk_status: ChunkStatus;
  readonly run_status: RunStatus | null;
}

/** Records the content of a page, whose parts are published already; the first content of a seq wins. */
export async function recordPage(db: Queryable, page: RecordPageInput): Promise<RecordedPage> {
  const { rows } = await db.query<Row>({
    name: 'record-page',
    text: `
      select verdict, digest, next, chunk_status, run_status
        from tidemark.record_page(
               $1::uuid, $2::integer, $3::integer, $4::integer, $5::text, $6::integer,
               $7::text, $8::boolean, $9::jsonb, $10::numeric, $11::text, $12::numeric, $13::text[], $14::nummultirange,
               $15::text[])`,
    values: [
      page.runId,
      page.chunkId,
      page.attempt,
      page.seq,
      page.digest,
      page.parts,
      page.outcome,
      page.last,
      JSON.stringify(page.next),
      page.bound,
      page.signal,
      page.askedAtUs,
      page.found ?? null,
      page.seen ?? null,
      page.warnings ?? [],
    ],
  });
  const [row] = rows;
  if (!row) throw new Error('tidemark.record_page gave no row');
  if (row.verdict === 'stop') return { verdict: 'stop' };
  return {
    verdict: 'recorded',
    digest: row.digest,
    next: row.next,
    chunkStatus: row.chunk_status,
    runStatus: row.run_status,
  };
}
