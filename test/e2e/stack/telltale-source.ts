import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface TelltaleOptions {
  /** What proves who asks, by the first segment of the path: a header or a query parameter and its value. */
  readonly proofs: Readonly<Record<string, Proof>>;
  /** Answers requests for a token: only to who sends this header. */
  readonly token: { readonly authorization: string; readonly value: string };
}

export interface Proof {
  readonly in: 'header' | 'query';
  readonly name: string;
  readonly value: string;
}

/**
 * An API that asks who is there, and whose refusals repeat all that it was told. The last segment of a path is a status to
 * refuse with, or anything else for three records.
 */
export interface TelltaleSource extends AsyncDisposable {
  readonly url: string;
  /** How often a path was asked for with the right proof. */
  proven(path: string): number;
}

/** Starts the API on a free port. */
export async function startTelltaleSource(options: TelltaleOptions): Promise<TelltaleSource> {
  const proven = new Map<string, number>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://source');
    const form = await textOf(request);
    if (url.pathname === '/token') return answerToken(request, form, response, options.token);
    const [, name = '', last = ''] = url.pathname.split('/');
    const isProven = proves(request, url, options.proofs[name]);
    if (isProven) proven.set(url.pathname, (proven.get(url.pathname) ?? 0) + 1);
    const status = isProven ? Number(/^\d+$/.exec(last)?.[0] ?? 200) : 403;
    if (status === 200) return send(response, 200, [{ id: 1 }, { id: 2 }, { id: 3 }]);
    if (status === 302) response.setHeader('location', `http://127.0.0.2:9${request.url}`);
    send(response, status, { refused: request.url, headers: request.headers });
  };
  const server = createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    proven: (path) => proven.get(path) ?? 0,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function proves(request: IncomingMessage, url: URL, proof: Proof | undefined): boolean {
  if (proof === undefined) return false;
  const { name, value } = proof;
  const said = proof.in === 'query' ? url.searchParams.get(name) : request.headers[name];
  return said === value;
}

function answerToken(
  { headers }: IncomingMessage,
  form: string,
  response: ServerResponse,
  token: TelltaleOptions['token'],
): void {
  if (headers.authorization !== token.authorization) {
    return send(response, 401, { error: `who are you? ${form}`, headers, form });
  }
  send(response, 200, { access_token: token.value, token_type: 'Bearer', expires_in: 3_600 });
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
