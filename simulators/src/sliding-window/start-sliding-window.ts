import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface SlidingWindowOptions {
  /** So many requests are answered in any window of that length; the others get 429. */
  readonly requests: number;
  readonly perMs: number;
  /** How long an answer takes, at least and at most. */
  readonly latencyMs?: readonly [least: number, most: number];
  /** Whether a refusal says after how many seconds to come again. */
  readonly saysWhen?: boolean;
}

/** One request, at the moment of its arrival. */
export interface Arrival {
  readonly atMs: number;
  readonly path: string;
  readonly status: 200 | 429;
}

/** An API with an exact sliding window. */
export interface SlidingWindow {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  stop(): Promise<void>;
}

/**
 * Starts an API whose quota is an exact sliding window: a request is refused when `requests` of those before it were
 * answered in the last `perMs`; refused ones do not count. `GET /<anything>?page=<n>` gives one record; the last part of the
 * path says how many pages there are.
 */
export async function startSlidingWindow(options: SlidingWindowOptions): Promise<SlidingWindow> {
  const { requests, perMs, latencyMs = [0, 0], saysWhen = true } = options;
  const arrivals: Arrival[] = [];
  const counted: number[] = [];
  const server = createServer((request, response) => {
    const atMs = performance.now();
    while (counted[0] !== undefined && counted[0] <= atMs - perMs) counted.shift();
    const status = counted.length < requests ? 200 : 429;
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
    arrivals.push({ atMs, path: pathname, status });
    const [least, most] = latencyMs;
    if (status === 200) counted.push(atMs);
    const freeInMs = (counted[0] ?? atMs) + perMs - atMs;
    setTimeout(
      () => {
        if (status === 429) {
          const when = { 'retry-after': String(Math.ceil(freeInMs / 1_000)) };
          response.writeHead(429, saysWhen ? when : {}).end('slow down');
          return;
        }
        const pages = Number(pathname.split('/').at(-1));
        const id = `${pathname}/${searchParams.get('page') ?? '1'}`;
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ data: [{ id }], pages }));
      },
      least + Math.random() * (most - least),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
