import type { ErrorCode } from '@tidemark/contracts';

/** Why a page cannot be followed by another one although it should be. */
export interface PageTrouble {
  readonly code: ErrorCode;
  readonly reason: string;
}
