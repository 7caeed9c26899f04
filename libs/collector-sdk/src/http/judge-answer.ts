import type { ErrorCode } from '@tidemark/contracts';
import type { HttpSource } from '../definition/source.ts';
import { retryAfterMs } from './retry-after.ts';
import type { HttpAnswer, HttpFailure } from './send-request.ts';

/** Why a request brought no page, and what time may do about it. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
  /** `no`: asking again will not help. `counted`: it may. `uncounted`: the source only asks to wait. */
  readonly again: 'no' | 'counted' | 'uncounted';
  /** How long the source asks to wait. */
  readonly pauseMs?: number | undefined;
  /** The answer, for the dead letter. */
  readonly text?: string | undefined;
}

/** What an answer's status means; undefined when its body is to be read as a page. */
export function judgeAnswer(source: HttpSource, answer: HttpAnswer): Refusal | undefined {
  const { status } = answer;
  if (isThrottled(source, answer)) return throttled(answer);
  if (status >= 200 && status < 300) return undefined;
  const { text } = answer;
  const reason = `the source answered ${status}`;
  if (status === 401 || status === 403) {
    return { code: 'SOURCE_AUTH_REJECTED', reason, again: 'no', text };
  }
  if (status >= 500 || status === 408 || status === 425) {
    return { code: 'SOURCE_UNAVAILABLE', reason, again: 'counted', text };
  }
  return { code: 'SOURCE_REJECTED', reason, again: 'no', text };
}

/** What it means that no answer came. */
export function judgeFailure(failure: HttpFailure): Refusal {
  const { reason } = failure;
  switch (failure.kind) {
    case 'network':
    case 'timeout':
      return { code: 'SOURCE_UNAVAILABLE', reason, again: 'counted' };
    case 'broken':
      return { code: 'RESPONSE_INVALID', reason, again: 'counted' };
    case 'too-large':
      return { code: 'RESPONSE_TOO_LARGE', reason, again: 'no' };
    case 'redirected':
      return { code: 'SOURCE_REDIRECTED', reason, again: 'no' };
  }
}

function isThrottled(source: HttpSource, answer: HttpAnswer): boolean {
  if (answer.status === 429 || answer.status === 503) return true;
  return source.throttledBy.some(
    ({ status, body }) =>
      status === answer.status && (body === undefined || answer.text.includes(body)),
  );
}

function throttled(answer: HttpAnswer): Refusal {
  const { status, text } = answer;
  const sourceNowMs = answer.sourceUs === undefined ? Date.now() : Number(answer.sourceUs) / 1_000;
  return {
    code: 'SOURCE_THROTTLED',
    reason: `the source answered ${status} and asks to wait`,
    // Only 429 says for sure that the request itself is right; the others may be errors that stay.
    again: status === 429 ? 'uncounted' : 'counted',
    pauseMs: retryAfterMs(answer.retryAfter, sourceNowMs),
    text,
  };
}
