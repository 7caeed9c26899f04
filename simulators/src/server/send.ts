import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { Answer } from './answer.ts';

const compress = promisify(gzip);

/** Bodies smaller than this are not worth compressing. */
const gzipFromBytes = 1_024;

/** Pages that are rendered once are compressed once; others leave with their Buffer. */
const compressed = new WeakMap<Buffer, Buffer>();

/** Sends the answer, compressed when the client accepts it; `half` cuts the body in the middle. */
export async function send(
  incoming: IncomingMessage,
  response: ServerResponse,
  answer: Answer & { dateMs: number; half: boolean },
): Promise<void> {
  const plain = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  const isGzip = plain.length >= gzipFromBytes && acceptsGzip(incoming);
  const body = isGzip ? await gzipOf(plain) : plain;
  response.sendDate = false;
  response.writeHead(answer.status, {
    'content-type': answer.contentType,
    'content-length': body.length,
    date: new Date(answer.dateMs).toUTCString(),
    vary: 'accept-encoding',
    ...(isGzip ? { 'content-encoding': 'gzip' } : {}),
    ...answer.headers,
  });
  if (incoming.method === 'HEAD') response.end();
  else if (answer.half) sendHalf(response, body);
  else response.end(body);
}

function sendHalf(response: ServerResponse, body: Buffer): void {
  response.write(body.subarray(0, Math.floor(body.length / 2)), () => response.destroy());
}

function acceptsGzip(incoming: IncomingMessage): boolean {
  const accepted = String(incoming.headers['accept-encoding'] ?? '').toLowerCase();
  return /(^|[,\s])(gzip|\*)(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(accepted);
}

async function gzipOf(plain: Buffer): Promise<Buffer> {
  const known = compressed.get(plain);
  if (known !== undefined) return known;
  const made = await compress(plain, { level: 1 });
  compressed.set(plain, made);
  return made;
}
