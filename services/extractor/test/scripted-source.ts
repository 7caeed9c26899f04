import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as a test's source sees it. */
export interface ScriptedRequest {
  readonly atMs: number;
  readonly path: string;
  readonly page: number;
  readonly authorization: string | undefined;
  readonly headers: IncomingHttpHeaders;
}

export interface ScriptedAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A source that answers what the test says, for as long as the test runs; it remembers what it was asked. */
export async function startScriptedSource(
  answer: (request: ScriptedRequest, count: number) => ScriptedAnswer,
) {
  const requests: ScriptedRequest[] = [];
  const server = createServer((incoming, response) => {
    const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://localhost');
    const request = {
      atMs: performance.now(),
      path: pathname,
      page: Number(searchParams.get('page') ?? '1'),
      authorization: incoming.headers.authorization,
      headers: incoming.headers,
    };
    requests.push(request);
    incoming.resume();
    const { status = 200, headers = {}, body = {} } = answer(request, requests.length);
    response.writeHead(status, { 'content-type': 'application/json', ...headers });
    response.end(typeof body === 'string' ? body : JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  return { requests, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** One page of so many: a record that names it. */
export function pageOf(request: ScriptedRequest, pages: number, more: object = {}): ScriptedAnswer {
  return { body: { data: [{ id: request.page }], pages, ...more } };
}
