import type { ErrorCode } from '@tidemark/contracts';
import type { HttpDefinition } from '../definition/definition.ts';
import type { AnswerRule } from '../definition/request.ts';
import { durationToMs } from '../duration.ts';
import { describeRule, findRule } from './answer-rules.ts';
import { pauseMsOf } from './retry-after.ts';
import type { HttpAnswer, HttpFailure } from './send-request.ts';

/** Why a request brought no page, and what time may do about it. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly reason: string;
  /** `no`: asking again will not help. `counted`: it may. `uncounted`: the source only asks to wait. */
  readonly again: 'no' | 'counted' | 'uncounted';
  /** How long the source asks to wait. */
  readonly pauseMs?: number | undefined;
  /** The token was not accepted: where another one can be had (`Credentials.renew`), the request is sent again with that. */
  readonly renew?: boolean | undefined;
  /** The answer, for the dead letter. */
  readonly text?: string | undefined;
}

/** An answer that is an empty page by the definition's own word, or that asks for smaller windows. */
export type Special =
  | { readonly special: 'ignored'; readonly reason: string }
  | { readonly special: 'too-many' };

/** What an answer means by the definition's rules, then by its status; undefined when its body is to be read as a page. */
export function judgeAnswer(
  { request }: Pick<HttpDefinition, 'request'>,
  answer: HttpAnswer,
): Refusal | Special | undefined {
  const rule = findRule(request.answers, answer);
  return rule ? judgeByRule(rule, answer) : judgeByStatus(answer);
}

function judgeByRule(rule: AnswerRule, answer: HttpAnswer): Refusal | Special {
  const { status, text } = answer;
  const reason = `the source answered ${status}, by the rule for ${describeRule(rule)}`;
  const pauseMs =
    pauseOf(answer) ?? (rule.wait === undefined ? undefined : durationToMs(rule.wait));
  switch (rule.action) {
    case 'fail':
      return { code: 'SOURCE_REJECTED', reason, again: 'no', text };
    case 'retry':
      return { code: 'SOURCE_UNAVAILABLE', reason, again: 'counted', pauseMs, text };
    case 'throttle': {
      // A status alone may be an error that stays; what the body says is sure.
      const isSure = status === 429 || rule.body !== undefined || rule.at !== undefined;
      const again = isSure ? 'uncounted' : 'counted';
      return { code: 'SOURCE_THROTTLED', reason, again, pauseMs, text };
    }
    case 'refresh-token':
      return { code: 'SOURCE_AUTH_REJECTED', reason, again: 'no', renew: true, text };
    case 'ignore':
      return { special: 'ignored', reason };
    case 'split':
      return { special: 'too-many' };
  }
}

function judgeByStatus(answer: HttpAnswer): Refusal | undefined {
  const { status } = answer;
  if (status === 429 || status === 503) return throttled(answer);
  if (status >= 200 && status < 300) return undefined;
  const { text } = answer;
  const reason = `the source answered ${status}`;
  if (status === 401 || status === 403) {
    return { code: 'SOURCE_AUTH_REJECTED', reason, again: 'no', renew: status === 401, text };
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
    case 'forbidden':
      return { code: 'SOURCE_FORBIDDEN', reason, again: 'no' };
  }
}

function throttled(answer: HttpAnswer): Refusal {
  const { status, text } = answer;
  return {
    code: 'SOURCE_THROTTLED',
    reason: `the source answered ${status} and asks to wait`,
    // Only 429 says for sure that the request itself is right; 503 may be an error that stays.
    again: status === 429 ? 'uncounted' : 'counted',
    pauseMs: pauseOf(answer),
    text,
  };
}

/** How long an answer asks to wait, by the source's own clock. */
function pauseOf({ retryAfter, sourceUs }: HttpAnswer): number | undefined {
  const sourceNowMs = sourceUs === undefined ? Date.now() : Number(sourceUs) / 1_000;
  return pauseMsOf(retryAfter, sourceNowMs);
}
