import type { PagePlace } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

export interface AdmitInput {
  readonly runId: string;
  readonly chunkId: number;
  readonly attempt: number;
  readonly seq: number;
  /** The source whose budgets these are. */
  readonly source: string;
  /** Keys of the budgets of which one is enough; it is made when it does not exist. None asks for the fence only. */
  readonly budgets: readonly string[];
  /** What the request costs; 0 books nothing and asks whether the first budget is paused. */
  readonly weight: number;
  /** What the last answer told of a budget. */
  readonly told?: BudgetTold | undefined;
}

/** What an answer of a source told of one of its budgets. */
export interface BudgetTold {
  readonly budget: string;
  /** How long everybody is to wait. */
  readonly pauseMs?: number | undefined;
  /** It refused because the quota is used up, without saying for how long. */
  readonly exhausted?: boolean | undefined;
  readonly limit?: number | undefined;
  readonly remaining?: number | undefined;
  readonly resetsInMs?: number | undefined;
}

/** `go` after `waitMs`; `wait` and ask again; `recorded`: go on from `next`; `stop`: drop the page. */
export type Admission =
  | AdmittedPage
  | {
      readonly verdict: 'wait';
      /** When to ask again. */
      readonly waitMs: number;
      /** As far as is known, when there will be a slot. */
      readonly freeMs: number;
      /** Why, where it is not the budget. */
      readonly reason: string | undefined;
    }
  | { readonly verdict: 'recorded'; readonly next: readonly PagePlace[] }
  | { readonly verdict: 'stop'; readonly reason: string };

export interface AdmittedPage {
  readonly verdict: 'go';
  readonly waitMs: number;
  readonly askedAtUs: string;
  /** The budget that the request is counted in. */
  readonly budget: string | null;
  /** So late after its turn the request may still be sent; null where that does not matter. */
  readonly bearMs: number | null;
}

interface Row {
  readonly verdict: Admission['verdict'];
  readonly reason: string | null;
  readonly budget: string | null;
  readonly wait_ms: number;
  readonly free_ms: number;
  readonly bear_ms: number | null;
  readonly asked_at_us: string | null;
  readonly next: PagePlace[] | null;
}

/** The fence and the rate budget in one round trip, before every request. */
export async function admit(db: Queryable, input: AdmitInput): Promise<Admission> {
  const { rows } = await db.query<Row>({
    name: 'admit',
    text: `
      select verdict, reason, budget, wait_ms, free_ms, bear_ms, asked_at_us, next
        from tidemark.admit($1::uuid, $2::integer, $3::integer, $4::integer, $5::text, $6::text[], $7::numeric, $8::jsonb)`,
    values: [
      input.runId,
      input.chunkId,
      input.attempt,
      input.seq,
      input.source,
      input.budgets,
      input.weight,
      input.told === undefined ? null : JSON.stringify(input.told),
    ],
  });
  const [row] = rows;
  if (!row) throw new Error('tidemark.admit gave no row');
  switch (row.verdict) {
    case 'go': {
      const { budget, wait_ms: waitMs, bear_ms: bearMs } = row;
      return { verdict: 'go', waitMs, askedAtUs: row.asked_at_us ?? '0', budget, bearMs };
    }
    case 'wait':
      return {
        verdict: 'wait',
        waitMs: row.wait_ms,
        freeMs: row.free_ms,
        reason: row.reason ?? undefined,
      };
    case 'recorded':
      return { verdict: 'recorded', next: row.next ?? [] };
    case 'stop':
      return { verdict: 'stop', reason: row.reason ?? 'no reason given' };
  }
}
