import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Trouble } from '../plan/fault.ts';
import type { Random } from '../random.ts';
import { answerQuery } from './answer-query.ts';
import type { Shop } from './shop.ts';

export interface ShopServer extends AsyncDisposable {
  readonly port: number;
  /** Requests that were answered as they should be. */
  answered(): number;
  /** Most requests of the next moments are misanswered, unless something else is asked for meanwhile. */
  trouble(trouble: Trouble, forMs: number): void;
  /** From now on every request is answered as it should be. */
  behave(): void;
}

/** A request that is not answered stays open longer than collectors wait. */
const STALL_MS = 6_000;
const TROUBLED_SHARE = 0.7;

/** Serves the shop over HTTP on a free port. */
export async function serveShop(shop: Shop, random: Random): Promise<ShopServer> {
  let current: { trouble: Trouble; endsMs: number } | undefined;
  let answered = 0;
  const server = createServer((request, response) => {
    const body = answerQuery(shop, new URL(request.url ?? '/', 'http://shop'));
    const isTroubled = current !== undefined && performance.now() < current.endsMs;
    if (body === undefined) response.writeHead(404).end('{}');
    else if (isTroubled && current && random.chance(TROUBLED_SHARE)) {
      misanswer(response, current.trouble, body);
    } else {
      answered += 1;
      response.writeHead(200, { 'content-type': 'application/json' }).end(body);
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    port,
    answered: () => answered,
    trouble: (trouble, forMs) => {
      current = { trouble, endsMs: performance.now() + forMs };
    },
    behave: () => {
      current = undefined;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function misanswer(response: ServerResponse, trouble: Trouble, body: string): void {
  const type = { 'content-type': 'application/json' };
  switch (trouble) {
    case 'stall':
      setTimeout(() => response.destroy(), STALL_MS).unref();
      break;
    case 'reset':
      response.socket?.resetAndDestroy();
      break;
    case 'error 500':
      response.writeHead(500, type).end('{"error":"out of order"}');
      break;
    case 'throttle 429':
      response.writeHead(429, { ...type, 'retry-after': '1' }).end('{"error":"too often"}');
      break;
    case 'garbage':
      response.writeHead(200, type).end('{"data":[{"id":1,,<br>\u0000');
      break;
    case 'half a body':
      response.writeHead(200, { ...type, 'content-length': Buffer.byteLength(body) });
      response.write(body.slice(0, Math.ceil(body.length / 2)), () => response.destroy());
      break;
  }
}
