import type { PagePlace } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

export interface AdmitInput {
  readonly runId: string;
  readonly chunkId: number;
  readonly attempt: number;
  readonly seq: number;
  /** Key of the rate budget that the request is counted in; null asks for the fence only. */
  readonly budget: string | null;
  readonly weight: number;
  /** How long the source asked everybody to wait, learnt from its last answer; 0 when it did not. */
  readonly pauseMs: number;
}

/** `go` after `waitMs`; `wait` and ask again; `recorded`: go on from `next`; `stop`: drop the page. */
export type Admission =
  | { readonly verdict: 'go'; readonly waitMs: number; readonly askedAtUs: string }
  | { readonly verdict: 'wait'; readonly waitMs: number }
  | { readonly verdict: 'recorded'; readonly next: readonly PagePlace[] }
  | { readonly verdict: 'stop'; readonly reason: string };

interface Row {
  readonly verdict: Admission['verdict'];
  readonly reason: string | null;
  readonly wait_ms: number;
  readonly asked_at_us: string | null;
  readonly next: PagePlace[] | null;
}

/** The fence and the rate budget in one round trip, before every request. */
export async function admit(db: Queryable, input: AdmitInput): Promise<Admission> {
  const { rows } = await db.query<Row>({
    name: 'admit',
    text: `
      select verdict, reason, wait_ms, asked_at_us, next
        from tidemark.admit($1::uuid, $2::integer, $3::integer, $4::integer, $5::text, $6::integer, $7::integer)`,
    values: [
      input.runId,
      input.chunkId,
      input.attempt,
      input.seq,
      input.budget,
      input.weight,
      Math.min(Math.ceil(input.pauseMs), MAX_INTEGER),
    ],
  });
  const [row] = rows;
  if (!row) throw new Error('tidemark.admit gave no row');
  switch (row.verdict) {
    case 'go':
      return { verdict: 'go', waitMs: row.wait_ms, askedAtUs: row.asked_at_us ?? '0' };
    case 'wait':
      return { verdict: 'wait', waitMs: row.wait_ms };
    case 'recorded':
      return { verdict: 'recorded', next: row.next ?? [] };
    case 'stop':
      return { verdict: 'stop', reason: row.reason ?? 'no reason given' };
  }
}

const MAX_INTEGER = 2_147_483_647;
