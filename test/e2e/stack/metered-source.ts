import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface MeteredSourceOptions {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly pages: number;
  readonly pageSize: number;
  /** So many pages are answered in any window of that length. */
  readonly requests: number;
  readonly perMs: number;
  /** Once so many pages are answered, every access token of that moment ends, without a word. */
  readonly tokensEndAfter: readonly number[];
}

/** What came, and how it was answered. */
export interface Meter {
  /** Pages that were answered, in their order. */
  readonly answered: number[];
  /** Requests above the limit (429). */
  throttled: number;
  /** Requests with a token that had ended (401). */
  unauthorized: number;
  /** Requests for a token. */
  tokens: number;
  /** The most tokens that held at the same time. */
  mostTokensAtOnce: number;
}

/** An API for whose pages one needs an access token, and has to keep to an exact sliding window. */
export interface MeteredSource extends AsyncDisposable {
  readonly url: string;
  readonly meter: Meter;
  /** All records: `[id, value]`. */
  rows(): [id: number, value: string][];
}

/** Starts the API on a free port: `/token` by client credentials, `/rows?page=<n>` with it. */
export async function startMeteredSource(options: MeteredSourceOptions): Promise<MeteredSource> {
  const { clientId, clientSecret, pages, pageSize, requests, perMs } = options;
  const meter: Meter = {
    answered: [],
    throttled: 0,
    unauthorized: 0,
    tokens: 0,
    mostTokensAtOnce: 0,
  };
  const holding = new Set<string>();
  /** Moments of the answers of the last window, the oldest first. */
  const recent: number[] = [];

  const answerToken = (request: IncomingMessage, response: ServerResponse): void => {
    const proof = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
    if (request.method !== 'POST' || request.headers.authorization !== `Basic ${proof}`) {
      return send(response, 401, { error: 'invalid_client' });
    }
    const token = randomUUID();
    holding.add(token);
    meter.tokens += 1;
    meter.mostTokensAtOnce = Math.max(meter.mostTokensAtOnce, holding.size);
    send(response, 200, { access_token: token, token_type: 'Bearer', expires_in: 3_600 });
  };

  const answerPage = (request: IncomingMessage, response: ServerResponse, page: number): void => {
    const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
    if (!holding.has(token)) {
      meter.unauthorized += 1;
      return send(response, 401, { error: 'invalid_token' });
    }
    const nowMs = Date.now();
    while (recent[0] !== undefined && recent[0] <= nowMs - perMs) recent.shift();
    const isAllowed = recent.length < requests;
    if (isAllowed) recent.push(nowMs);
    response.setHeader('x-ratelimit-limit', requests);
    response.setHeader('x-ratelimit-remaining', requests - recent.length);
    // When the quota is whole again, as an epoch in seconds.
    response.setHeader('x-ratelimit-reset', Math.ceil(((recent.at(-1) ?? nowMs) + perMs) / 1_000));
    if (!isAllowed) {
      meter.throttled += 1;
      const freeInMs = (recent[0] ?? nowMs) + perMs - nowMs;
      response.setHeader('retry-after', Math.ceil(freeInMs / 1_000));
      return send(response, 429, { error: 'slow down' });
    }
    meter.answered.push(page);
    if (options.tokensEndAfter.includes(meter.answered.length)) holding.clear();
    send(response, 200, { data: recordsOf(page, pageSize), pages });
  };

  const server = createServer((request, response) => {
    request.resume();
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://source');
    if (pathname === '/token') answerToken(request, response);
    else answerPage(request, response, Number(searchParams.get('page')));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    meter,
    rows: () =>
      Array.from({ length: pages }, (_, at) => recordsOf(at + 1, pageSize))
        .flat()
        .map(({ id, value }) => [id, value]),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function recordsOf(page: number, size: number): { id: number; value: string }[] {
  return Array.from({ length: size }, (_, at) => {
    const id = (page - 1) * size + at;
    return { id, value: `${(id * 7_919) % 10_007}.25` };
  });
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
