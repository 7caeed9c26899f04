import type { ErrorCode } from '@tidemark/contracts';

/** Why a record cannot be loaded. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
}

/** The line of COPY text for a record, with its end, or why there is none. */
export type LineOf = (record: unknown) => string | Refusal;

export function refuse(reason: string): Refusal {
  return { code: 'RECORD_INVALID', reason };
}
