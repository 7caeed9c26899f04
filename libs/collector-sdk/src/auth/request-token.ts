import type { Dispatcher } from 'undici';
import type { OAuth2 } from '../definition/auth.ts';
import { judgeFailure, type Refusal } from '../http/judge-answer.ts';
import { pauseMsOf } from '../http/retry-after.ts';
import { sendRequest, type HttpAnswer } from '../http/send-request.ts';
import { basic, type OutgoingRequest } from './authorize.ts';

/** An access token, and how long it holds; undefined when the answer does not tell. */
export interface AccessToken {
  readonly value: string;
  readonly lifetimeMs: number | undefined;
}

export interface TokenRequestOptions {
  readonly dispatcher: Dispatcher;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

const MAX_TOKEN_BYTES = 256 * 1024;

/** Asks for an access token by client credentials (RFC 6749, 4.4); says why when there is none. */
export async function requestToken(
  auth: OAuth2,
  clientSecret: string,
  options: TokenRequestOptions,
): Promise<AccessToken | Refusal> {
  const request = tokenRequest(auth, clientSecret);
  const answer = await sendRequest(request, { ...options, maxBytes: MAX_TOKEN_BYTES });
  if ('kind' in answer) {
    const refusal = judgeFailure(answer);
    return { ...refusal, reason: `no access token: ${refusal.reason}` };
  }
  return answer.status === 200 ? readToken(answer) : refused(answer);
}

function tokenRequest(auth: OAuth2, clientSecret: string): OutgoingRequest {
  const form = new URLSearchParams({ grant_type: 'client_credentials', ...auth.parameters });
  if (auth.scope !== undefined) form.set('scope', auth.scope);
  const headers: Record<string, string> = { 'content-type': 'application/x-www-form-urlencoded' };
  if (auth.client === 'basic') {
    // RFC 6749, 2.3.1: both are form-encoded before they are joined.
    const joined = [auth.clientId, clientSecret].map(formEncoded).join(':');
    headers['authorization'] = basic(joined);
  } else {
    form.set('client_id', auth.clientId);
    form.set('client_secret', clientSecret);
  }
  return { method: 'POST', url: new URL(auth.tokenUrl), headers, body: form.toString() };
}

function formEncoded(text: string): string {
  return new URLSearchParams({ x: text }).toString().slice(2);
}

function readToken(answer: HttpAnswer): AccessToken | Refusal {
  const told = parseObject(answer.text);
  const value = told['access_token'];
  const type = told['token_type'];
  const isBearer = type === undefined || (typeof type === 'string' && /^bearer$/i.test(type));
  if (typeof value !== 'string' || value === '' || !isBearer) {
    // Never the answer itself: it may hold a token.
    const reason = 'the answer of the token address holds no bearer token';
    return { code: 'RESPONSE_INVALID', reason, again: 'counted' };
  }
  const seconds = Number(told['expires_in'] ?? Number.NaN);
  return { value, lifetimeMs: seconds > 0 ? seconds * 1_000 : undefined };
}

function refused(answer: HttpAnswer): Refusal {
  const { status, text } = answer;
  const error = parseObject(text)['error'];
  const why = typeof error === 'string' ? ` (${error})` : '';
  const reason = `no access token: the token address answered ${status}${why}`;
  if (status === 429 || status === 503) {
    const pauseMs = pauseMsOf(answer.retryAfter, Date.now());
    return { code: 'SOURCE_UNAVAILABLE', reason, again: 'uncounted', pauseMs, text };
  }
  if (status >= 500 || status === 408) {
    return { code: 'SOURCE_UNAVAILABLE', reason, again: 'counted', text };
  }
  return { code: 'SOURCE_AUTH_REJECTED', reason, again: 'no', text };
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
