import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';

/** A request as the simulated services see it. */
export interface SimulatorRequest {
  method: string;
  /** Decoded segments are up to the service; this is the path as it was sent. */
  path: string;
  /** Path and query, as they were sent. */
  target: string;
  query: URLSearchParams;
  headers: IncomingHttpHeaders;
}

/** Reads method, path and query of a request; undefined when the target is not a path. */
export function readRequest(incoming: IncomingMessage): SimulatorRequest | undefined {
  const target = incoming.url ?? '';
  const url = URL.parse(target, 'http://127.0.0.1');
  if (url === null || !target.startsWith('/')) return undefined;
  return {
    method: incoming.method ?? 'GET',
    path: url.pathname,
    target,
    query: url.searchParams,
    headers: incoming.headers,
  };
}
