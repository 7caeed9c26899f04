import type { ErrorCode } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';

/** What the dead letter of a page keeps beside its reason. */
export interface PageEvidence {
  /** The start of the source's answer; the task itself when there was none. */
  readonly payload: string | undefined;
  /** When the last request was sent, by PostgreSQL's clock. */
  readonly askedAtUs: string | undefined;
}

/** A page that cannot be read: its chunk ends with this. */
export class PageFailedError extends TerminalError {
  override readonly name = 'PageFailedError';
  readonly evidence: PageEvidence;

  constructor(code: ErrorCode, message: string, evidence: PageEvidence) {
    super(code, message);
    this.evidence = evidence;
  }
}
