import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An API behind a gate: a test sees each request before it is answered, and may refuse it or let it wait. */
export interface GatedSource extends AsyncDisposable {
  readonly url: string;
  /** Every request that came, in its order. */
  readonly requests: readonly URL[];
  /** Requests for which this holds are refused, with status 400 unless told which; nothing is refused when absent. */
  refuse(condition?: (url: URL) => boolean, status?: number): void;
  /** Awaited before each answer; nothing is waited for when absent. */
  before(wait?: (url: URL) => Promise<void>): void;
}

/** Starts a gate on a free port; the first segment of a path names the collector and is not passed on. */
export async function startGatedSource(target: string): Promise<GatedSource> {
  const requests: URL[] = [];
  let isRefused: (url: URL) => boolean = () => false;
  let refusal = 400;
  let wait: (url: URL) => Promise<void> = async () => undefined;
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://source');
    requests.push(url);
    await wait(url);
    if (isRefused(url)) {
      response.writeHead(refusal, { 'content-type': 'application/json' });
      response.end('{"error":"refused"}');
      return;
    }
    const [, , ...rest] = url.pathname.split('/');
    const passed = await fetch(`${target}/${rest.join('/')}${url.search}`);
    response.writeHead(passed.status, { 'content-type': 'application/json' });
    response.end(await passed.text());
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    refuse: (condition = () => false, status = 400) => {
      isRefused = condition;
      refusal = status;
    },
    before: (condition = async () => undefined) => {
      wait = condition;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
