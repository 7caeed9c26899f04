import type { ErrorCode } from '@tidemark/contracts';

/** No retry can cure this: a bad message, a bad definition, a broken contract. */
export class TerminalError extends Error {
  override readonly name: string = 'TerminalError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** Time may cure this: the other side is down, busy or slow. `retryAfterMs` is what the other side asked for. */
export class TransientError extends Error {
  override readonly name: string = 'TransientError';
  readonly code: ErrorCode;
  readonly retryAfterMs: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options?: ErrorOptions & { retryAfterMs?: number | undefined },
  ) {
    super(message, options);
    this.code = code;
    this.retryAfterMs = options?.retryAfterMs;
  }
}
