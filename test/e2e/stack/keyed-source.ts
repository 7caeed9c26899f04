import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KeyedSourceOptions {
  /** The query parameter that must carry the key. */
  readonly parameter: string;
  readonly key: string;
  /** Plain APIs by the first segment of the path. */
  readonly shops: Readonly<Record<string, string>>;
}

/** An API that takes its key in the query, and whose refusals repeat the whole request, key and all. */
export interface KeyedSource extends AsyncDisposable {
  readonly url: string;
  /** Requests that carried the key. */
  admitted(): number;
  /** The next requests are answered with this status. */
  refuseNext(status: number, times?: number): void;
}

/** Starts a keyed API on a free port in front of plain ones. */
export async function startKeyedSource(options: KeyedSourceOptions): Promise<KeyedSource> {
  let admitted = 0;
  const refusals: number[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://source');
    const [, shop = '', ...rest] = url.pathname.split('/');
    const hasKey = url.searchParams.get(options.parameter) === options.key;
    if (hasKey) admitted += 1;
    url.searchParams.delete(options.parameter);
    const refusal = hasKey ? refusals.shift() : 401;
    const target = options.shops[shop];
    if (refusal !== undefined || target === undefined) {
      response.writeHead(refusal ?? 404, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ refused: request.url, key: options.key }));
      return;
    }
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
    admitted: () => admitted,
    refuseNext: (status, times = 1) => {
      refusals.push(...Array.from({ length: times }, () => status));
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
