import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { HttpDefinition } from '../definition/definition.ts';
import { createGuardedAgent } from '../http/guarded-agent.ts';
import { sendRequest } from '../http/send-request.ts';
import { readContent } from './read-content.ts';

const agent = createGuardedAgent(2);
afterAll(async () => agent.destroy());

function definitionOf(kind: string): HttpDefinition {
  return HttpDefinition.parse({
    name: 'x',
    source: { name: 'x', baseUrl: 'http://127.0.0.1' },
    request: { path: '/x', decoder: { kind } },
    incremental: { kind: 'full' },
    target: { kind: 'table', table: 't', key: ['a'], fields: { a: { type: 'bigint' } } },
  });
}

/** What is read of an answer that is sent byte for byte, before its connection ends. */
async function contentOf(decoder: string, head: string, body: string | Buffer) {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.once('data', () => {
      socket.write(`HTTP/1.1 ${head}\r\n\r\n`);
      socket.end(body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const url = new URL(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  const { signal } = new AbortController();
  const options = { dispatcher: agent, timeoutMs: 5_000, maxBytes: 10_000, signal };
  const answer = await sendRequest({ method: 'GET', url, headers: {} }, options);
  return 'kind' in answer ? answer : readContent(definitionOf(decoder), answer, {});
}

const lines = '{"a":1}\n{"a":2}\n';
const packed = gzipSync(lines);

test.each([
  ['ndjson', '200 OK', lines],
  ['ndjson', '200 OK\r\nConnection: close', lines],
  ['csv', '200 OK\r\nTransfer-Encoding: identity', 'a,b\n1,2\n'],
  ['ndjson', '206 Partial Content\r\nContent-Length: 16\r\nContent-Range: bytes 0-15/99', lines],
])(
  '%s that may have been cut off between two records is no page: %s',
  async (decoder, head, body) => {
    expect(await contentOf(decoder, head, body)).toMatchObject({
      code: 'RESPONSE_INVALID',
      again: 'counted',
    });
  },
);

const whole: readonly (readonly [string, string, string | Buffer])[] = [
  ['ndjson', '200 OK\r\nContent-Length: 16', lines],
  ['ndjson', '200 OK\r\nTransfer-Encoding: chunked', `10\r\n${lines}\r\n0\r\n\r\n`],
  ['ndjson', '200 OK\r\nContent-Encoding: gzip', packed],
  // Of a part of all records, not of bytes.
  ['ndjson', '206 Partial Content\r\nContent-Length: 16\r\nContent-Range: 0-1/9', lines],
  ['json', '200 OK', '[{"a":1},{"a":2}]'],
];

test.each(whole)('%s that tells its end is a page: %s', async (decoder, head, body) => {
  expect(countOf(await contentOf(decoder, head, body))).toBe(2);
});

function countOf(content: Awaited<ReturnType<typeof contentOf>>): number | undefined {
  if (typeof content === 'string') return undefined;
  if ('recordCount' in content) return content.recordCount;
  return 'records' in content ? content.records.length : undefined;
}

const torn: readonly (readonly [string, string, string | Buffer])[] = [
  ['fewer bytes than its length', '200 OK\r\nContent-Length: 17', lines],
  ['chunks without the last one', '200 OK\r\nTransfer-Encoding: chunked', `10\r\n${lines}\r\n`],
  ['half a packed body', '200 OK\r\nContent-Encoding: gzip', packed.subarray(0, -9)],
];

test.each(torn)('an answer of %s is none', async (_what, head, body) => {
  expect(await contentOf('ndjson', head, body)).toHaveProperty('kind');
});
