import type { ErrorCode } from '@tidemark/contracts';
import type { ContractPart } from './contract/contract-part.ts';
import type { ChildRecords } from './child-records.ts';
import type { CursorRange } from './cursor-range.ts';

/** Why a record cannot be loaded. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
}

/**
 * The line of COPY text for a record, with its end, or why there is none. A range counts the records outside of it; a part
 * under a schema contract takes what no declared column does; children are read where the target has them.
 */
export type LineOf = (
  record: unknown,
  range?: CursorRange,
  part?: ContractPart,
  children?: ChildRecords,
) => string | Refusal;

export function refuse(reason: string): Refusal {
  return { code: 'RECORD_INVALID', reason };
}
