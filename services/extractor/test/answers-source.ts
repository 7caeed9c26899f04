import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A request as the source of a test sees it. */
export interface Asked {
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
}

export interface Given {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** A value is sent as JSON, text and bytes as they are. */
  readonly body?: unknown;
}

/** A source that answers as a test says, and keeps what it was asked. */
export async function startSource(answer: (asked: Asked, place: number) => Given) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://127.0.0.1');
    const each = { path: url.pathname, query: url.searchParams, headers: request.headers };
    asked.push(each);
    send(response, answer(each, asked.length - 1));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

function send(response: ServerResponse, { status = 200, headers = {}, body }: Given): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  const isPlain = typeof body === 'string' || Buffer.isBuffer(body) || body === undefined;
  response.end(isPlain ? body : JSON.stringify(body));
}
