import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer, type Socket } from 'node:net';
import { pipeline, Readable } from 'node:stream';
import { promisify } from 'node:util';
import { brotliCompressSync, constants, deflateSync, gzipSync } from 'node:zlib';
import { serviceNodeOptions } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const MIB = 1_048_576;
const TIMEOUT_MS = 30_000;

/** More than an answer may have, and less in the end than what is sent. */
const bombText = Buffer.alloc(100 * MIB, '0');
const gzipped = gzipSync(bombText, { level: 1 });
const deflated = deflateSync(bombText, { level: 1 });
const brotli = brotliCompressSync(bombText, {
  params: { [constants.BROTLI_PARAM_QUALITY]: 1 },
});

type Send = (response: ServerResponse) => void;

const whole =
  (body: () => string | Buffer, headers: Record<string, string> = {}): Send =>
  (response) => {
    response.writeHead(200, { 'content-type': 'application/json', ...headers }).end(body());
  };

/** Writes until nobody reads any more. */
const endless =
  (piece: string, headers: Record<string, string> = {}, status = 200): Send =>
  (response) => {
    response.writeHead(status, headers);
    pipeline(Readable.from(repeated(piece)), response, () => undefined);
  };

function* repeated(piece: string): Generator<Buffer> {
  const bytes = Buffer.from(piece);
  for (;;) yield bytes;
}

const listOf = (count: number, each: (n: number) => string): string =>
  Array.from({ length: count }, (_, n) => each(n)).join(',');

interface Bomb {
  readonly send: Send;
  readonly code: string;
  readonly reason: RegExp;
  readonly request?: object;
}

const csv = { decoder: { kind: 'csv' } };
const ndjson = { decoder: { kind: 'ndjson' } };
/** Makes the whole answer be parsed. */
const parsed = { records: 'data', attach: { at: { at: 'at' } } };

const bombs: Readonly<Record<string, Bomb>> = {
  '/gzip': {
    send: whole(() => gzipped, { 'content-encoding': 'gzip' }),
    code: 'RESPONSE_TOO_LARGE',
    reason: /more than 8388608 bytes/,
  },
  '/gzip-of-gzip': {
    send: whole(() => gzipSync(gzipped), { 'content-encoding': 'gzip' }),
    code: 'RESPONSE_TOO_LARGE',
    reason: /more than 8388608 bytes/,
  },
  '/gzip-file': {
    send: whole(() => gzipped),
    code: 'RESPONSE_TOO_LARGE',
    reason: /more than 8388608 bytes/,
  },
  '/deflate': {
    send: whole(() => deflated, { 'content-encoding': 'deflate' }),
    code: 'RESPONSE_INVALID',
    reason: /encoded as deflate, which was not asked for/,
  },
  '/br': {
    send: whole(() => brotli, {
      'content-encoding': 'br',
    }),
    code: 'RESPONSE_INVALID',
    reason: /encoded as br, which was not asked for/,
  },
  '/endless': {
    send: endless('x'.repeat(65_536)),
    code: 'RESPONSE_TOO_LARGE',
    reason: /more than 8388608 bytes/,
  },
  '/endless-error': {
    send: endless('x'.repeat(65_536), {}, 500),
    code: 'RESPONSE_TOO_LARGE',
    reason: /more than 8388608 bytes/,
  },
  '/endless-redirect': {
    send: endless('x'.repeat(65_536), { location: '/nowhere' }, 302),
    code: 'SOURCE_REJECTED',
    reason: /answered 404/,
  },
  '/deep': {
    send: whole(() => `[{"id":1,"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}]`),
    code: 'RESPONSE_INVALID',
    reason: /nested/,
  },
  '/deeper': {
    send: whole(() => '['.repeat(8_000_000)),
    code: 'RESPONSE_INVALID',
    reason: /nested/,
  },
  '/deep-parsed': {
    send: whole(() => `{"data":[{"id":1,"a":${'{"a":'.repeat(500_000)}1${'}'.repeat(500_000)}}]}`),
    request: parsed,
    code: 'RESPONSE_INVALID',
    reason: /nested/,
  },
  '/one-text': {
    send: whole(() => `[{"id":"${'x'.repeat(8_000_000)}"}]`),
    code: 'READ',
    reason: /1 parts/,
  },
  '/one-number': {
    send: whole(() => `[{"id":${'9'.repeat(8_000_000)}}]`),
    code: 'READ',
    reason: /1 parts/,
  },
  '/many-objects': {
    send: whole(() => `[${'{},'.repeat(2_700_000)}{}]`),
    code: 'RESPONSE_TOO_LARGE',
    reason: /more values than fit the memory: ask for smaller pages/,
  },
  '/many-objects-parsed': {
    send: whole(() => `{"data":[${'{},'.repeat(2_700_000)}{}]}`),
    request: parsed,
    code: 'RESPONSE_TOO_LARGE',
    reason: /more values than fit the memory: ask for smaller pages/,
  },
  '/many-lists-parsed': {
    send: whole(() => `{"data":[{"a":[${'[],'.repeat(2_700_000)}1]}]}`),
    request: parsed,
    code: 'RESPONSE_TOO_LARGE',
    reason: /more values than fit the memory: ask for smaller pages/,
  },
  '/many-shapes-parsed': {
    send: whole(() => `{"data":[${listOf(70_000, (n) => `{"a${n}":1}`)}]}`),
    request: parsed,
    code: 'READ',
    reason: /parts/,
  },
  '/many-names-parsed': {
    send: whole(() => `{"data":[{${listOf(260_000, (n) => `"a${n}":1`)}}]}`),
    request: parsed,
    code: 'READ',
    reason: /parts/,
  },
  '/many-texts-parsed': {
    send: whole(() => `{"data":[{"a":[${listOf(400_000, (n) => `"${n}"`)}]}]}`),
    request: parsed,
    code: 'READ',
    reason: /parts/,
  },
  '/many-numbers-parsed': {
    send: whole(() => `{"data":[{"a":[${'1.5,'.repeat(1_000_000)}1]}]}`),
    request: parsed,
    code: 'READ',
    reason: /parts/,
  },
  '/csv-commas': {
    send: whole(() => ','.repeat(8_000_000)),
    request: csv,
    code: 'RESPONSE_TOO_LARGE',
    reason: /1000000 values: ask for smaller pages/,
  },
  '/csv-names': {
    send: whole(() => `${listOf(90_000, (n) => n.toString(36))}\n`),
    request: csv,
    code: 'READ',
    reason: /parts/,
  },
  '/csv-cells': {
    send: whole(() => `${listOf(1_000, String)}\n${`${','.repeat(999)}\n`.repeat(7_900)}`),
    request: csv,
    code: 'RESPONSE_TOO_LARGE',
    reason: /1000000 values: ask for smaller pages/,
  },
  '/csv-quote': {
    send: whole(() => `"${'x'.repeat(8_000_000)}`),
    request: csv,
    code: 'RESPONSE_INVALID',
    reason: /not CSV/,
  },
  '/ndjson-blank': {
    send: whole(() => '\n'.repeat(8_300_000)),
    request: ndjson,
    code: 'READ',
    reason: /1 parts/,
  },
  '/ndjson-many': {
    send: whole(() => '{}\n'.repeat(2_700_000)),
    request: ndjson,
    code: 'RESPONSE_TOO_LARGE',
    reason: /more values than fit the memory: ask for smaller pages/,
  },
};

/** What never comes to its end. */
const waits: Readonly<Record<string, Bomb>> = {
  '/slowly': {
    send: (response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write(' '), 100);
      response.once('close', () => clearInterval(timer));
    },
    code: 'SOURCE_UNAVAILABLE',
    reason: /no whole answer within/,
  },
  '/never': { send: () => undefined, code: 'SOURCE_UNAVAILABLE', reason: /no whole answer within/ },
};

const server = createServer((request, response) => {
  response.on('error', () => undefined);
  const bomb = bombs[request.url ?? ''] ?? waits[request.url ?? ''];
  if (bomb) bomb.send(response);
  else response.writeHead(404).end();
});
/** What no HTTP server would send: it answers before and beside what HTTP says. */
const sockets = new Set<Socket>();
const rough = createTcpServer((socket) => {
  sockets.add(socket);
  socket.on('error', () => undefined);
  socket.once('data', (data) => {
    const path = /^GET (\S+)/.exec(data.toString())?.[1];
    const piece = path === '/hints' ? 'HTTP/1.1 103 Early Hints\r\n\r\n' : 'x-more: yes\r\n';
    socket.write(path === '/hints' ? piece : 'HTTP/1.1 200 OK\r\n');
    pipeline(Readable.from(repeated(piece.repeat(100))), socket, () => undefined);
  });
});

beforeAll(async () => {
  // The one who asks is busy for long with each answer.
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  rough.listen(0, '127.0.0.1');
  await Promise.all([once(server, 'listening'), once(rough, 'listening')]);
});

afterAll(() => {
  server.close().closeAllConnections();
  rough.close();
  for (const socket of sockets) socket.destroy();
});

interface Told {
  readonly path?: string;
  readonly code?: string;
  readonly reason?: string;
  readonly tookMs?: number;
  readonly peakMib?: number;
}

/** What a container of the extractor may take (k8s/base/extractor.yaml); with more it would be ended. */
const MEMORY_LIMIT_MIB = 384;

/** Asks for all of them in a process with the heap that the extractor has in production. */
async function askFor(port: number, asked: readonly object[], timeoutMs: number): Promise<Told[]> {
  const program = new URL('ask-bombs.ts', import.meta.url).pathname;
  const { stdout } = await run(process.execPath, [
    ...serviceNodeOptions,
    program,
    `http://127.0.0.1:${port}`,
    JSON.stringify(asked),
    String(timeoutMs),
  ]).catch((error: { readonly stdout: string; readonly stderr: string }) => {
    throw new Error(`the process ended: ${error.stdout}${error.stderr.slice(0, 2_000)}`);
  });
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);
}

const portOf = (of: { address(): unknown }): number => (of.address() as AddressInfo).port;

const listed = (of: Readonly<Record<string, Bomb>>): { path: string; request: object }[] =>
  Object.entries(of).map(([path, { request = {} }]) => ({ path, request }));

test('answers that are made to break whoever reads them end in a clear error, within the memory of a service', async () => {
  const told = await askFor(portOf(server), listed(bombs), TIMEOUT_MS);

  const expected = Object.entries(bombs).map(([path, { code, reason }]) =>
    expect.objectContaining({ path, code, reason: expect.stringMatching(reason) as string }),
  );
  expect(told).toEqual(expected);
  const peakMib = told.at(-1)?.peakMib ?? Number.NaN;
  expect(peakMib).toBeLessThan(MEMORY_LIMIT_MIB);
}, 240_000);

test('an answer that does not come to its end is given up in time', async () => {
  const rushing = ['/hints', '/headers'].map((path) => ({ path, request: {} }));
  const [waited, rushed] = await Promise.all([
    askFor(portOf(server), listed(waits), 1_000),
    askFor(portOf(rough), rushing, 2_000),
  ]);

  for (const { path, code, tookMs } of waited) {
    expect({ path, code }).toEqual({ path, code: 'SOURCE_UNAVAILABLE' });
    expect(tookMs).toBeLessThan(10_000);
  }
  expect(rushed).toMatchObject([
    { path: '/hints', code: 'SOURCE_UNAVAILABLE' },
    { path: '/headers', code: 'SOURCE_UNAVAILABLE' },
  ]);
  expect(rushed.at(-1)?.peakMib).toBeLessThan(256);
}, 60_000);
