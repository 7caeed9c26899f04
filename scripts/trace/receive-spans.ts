import { once } from 'node:events';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { decodeSpans } from './decode-spans.ts';
import type { Span } from './span.ts';

/** Takes in what services export by OTLP over HTTP in protobuf. */
export interface SpanReceiver extends AsyncDisposable {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly url: string;
  /** The spans of a trace that have arrived. */
  spansOf(traceId: string): readonly Span[];
}

export interface ReceiveOptions {
  /** Sees each body that arrives, traces and metrics, as it was before compression. */
  readonly onBody?: (path: string, body: Buffer) => void;
}

/** Listens on a free port of 127.0.0.1 for traces; metrics and logs are taken and forgotten. */
export async function receiveSpans({ onBody }: ReceiveOptions = {}): Promise<SpanReceiver> {
  const traces = new Map<string, Span[]>();
  const keep = (path: string, body: Buffer): void => {
    onBody?.(path, body);
    if (path !== '/v1/traces') return;
    for (const span of decodeSpans(body)) {
      const known = traces.get(span.traceId);
      if (known) known.push(span);
      else traces.set(span.traceId, [span]);
    }
  };
  const server = createServer((request, response) => void answer(request, response, keep));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    spansOf: (traceId) => traces.get(traceId) ?? [],
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  keep: (path: string, body: Buffer) => void,
): Promise<void> {
  try {
    const sent = await buffer(request);
    const body = request.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent;
    keep(request.url ?? '', body);
    response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
  } catch {
    response.writeHead(400).end();
  }
}
