import { request as undiciRequest, type Dispatcher } from 'undici';
import type { OutgoingRequest } from '../auth/authorize.ts';
import { AddressRefusedError } from './guarded-agent.ts';
import { BodyError, decodeText, readBody, utf8Of } from './read-body.ts';
import { sourceClockUs } from './retry-after.ts';

/** What a source answered, whatever its status. */
export interface HttpAnswer {
  readonly status: number;
  /** The address that answered, after redirects. */
  readonly url: URL;
  /** By lower-case name; a header that came more than once is joined by commas. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** The same as UTF-8, where it came so; then the text is made only when somebody asks for it. */
  readonly utf8: Buffer | undefined;
  readonly bodyBytes: number;
  readonly retryAfter: string | undefined;
  /** The source's own clock at the moment of asking: its `Date` less `Age` less what the request took; µs as digits. */
  readonly sourceUs: string | undefined;
}

/** A request that brought no answer. */
export type HttpFailure =
  | { readonly kind: 'network' | 'timeout' | 'too-large' | 'broken'; readonly reason: string }
  | { readonly kind: 'redirected' | 'forbidden'; readonly reason: string };

export interface SendOptions {
  readonly dispatcher: Dispatcher;
  readonly timeoutMs: number;
  readonly maxBytes: number;
  readonly signal: AbortSignal;
}

/** Some sources refuse requests that do not say who asks. */
const ownHeaders = {
  accept: 'application/json, */*;q=0.5',
  'accept-encoding': 'gzip',
  'user-agent': 'tidemark',
};

const MAX_REDIRECTS = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Sends one request and reads its whole answer; rejects only when the signal is aborted. */
export async function sendRequest(
  outgoing: OutgoingRequest,
  options: SendOptions,
): Promise<HttpAnswer | HttpFailure> {
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const signal = AbortSignal.any([options.signal, deadline]);
  try {
    return await follow(outgoing, { ...options, signal });
  } catch (error) {
    options.signal.throwIfAborted();
    if (deadline.aborted) {
      return { kind: 'timeout', reason: `no whole answer within ${options.timeoutMs} ms` };
    }
    if (error instanceof BodyError) return { kind: error.kind, reason: error.message };
    if (error instanceof AddressRefusedError) return { kind: 'forbidden', reason: error.message };
    return { kind: 'network', reason: networkReason(error) };
  }
}

async function follow(
  outgoing: OutgoingRequest,
  options: SendOptions,
): Promise<HttpAnswer | HttpFailure> {
  let { method, url, body } = outgoing;
  for (let hops = 0; ; hops += 1) {
    const startedMs = performance.now();
    const response = await undiciRequest(url, {
      method,
      body: body ?? null,
      headers: { ...ownHeaders, ...outgoing.headers },
      dispatcher: options.dispatcher,
      signal: options.signal,
    });
    const tookUs = BigInt(Math.ceil((performance.now() - startedMs) * 1_000));
    const location = header(response, 'location');
    if (!redirects.has(response.statusCode) || location === undefined) {
      return readAnswer(response, url, tookUs, options);
    }
    await response.body.dump();
    const target = URL.parse(location, url.href);
    if (target?.origin !== outgoing.url.origin) {
      const where = target?.host ?? 'an address that is none';
      return { kind: 'redirected', reason: `redirected from ${outgoing.url.host} to ${where}` };
    }
    if (hops === MAX_REDIRECTS) {
      return { kind: 'redirected', reason: `redirected more than ${MAX_REDIRECTS} times` };
    }
    if (response.statusCode === 303) {
      method = 'GET';
      body = undefined;
    }
    url = target;
  }
}

async function readAnswer(
  response: Dispatcher.ResponseData,
  url: URL,
  tookUs: bigint,
  options: SendOptions,
): Promise<HttpAnswer> {
  const encoding = header(response, 'content-encoding');
  const body = await readBody(response.body, encoding, options.maxBytes);
  const contentType = header(response, 'content-type');
  const utf8 = utf8Of(body, contentType);
  let text = utf8 ? undefined : decodeText(body, contentType);
  const clock = sourceClockUs(header(response, 'date'), header(response, 'age'));
  return {
    status: response.statusCode,
    url,
    headers: headersOf(response),
    get text() {
      return (text ??= utf8?.toString('utf8') ?? '');
    },
    utf8,
    bodyBytes: body.length,
    retryAfter: header(response, 'retry-after'),
    sourceUs: clock === undefined ? undefined : (clock - tookUs).toString(),
  };
}

function headersOf(response: Dispatcher.ResponseData): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    if (value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return headers;
}

function header(response: Dispatcher.ResponseData, name: string): string | undefined {
  const value = response.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function networkReason(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed';
  const code = 'code' in error && typeof error.code === 'string' ? `${error.code}: ` : '';
  return `${code}${error.message}`;
}
