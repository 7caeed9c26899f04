import type { ErrorCode } from '@tidemark/contracts';
import type { CursorRange } from './cursor-range.ts';

/** Why a record cannot be loaded. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
}

/** The line of COPY text for a record, with its end, or why there is none. A range counts the records outside of it. */
export type LineOf = (record: unknown, range?: CursorRange) => string | Refusal;

export function refuse(reason: string): Refusal {
  return { code: 'RECORD_INVALID', reason };
}
