import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readBody } from './read-body.ts';

const text = '{"a":1}\n'.repeat(1_000);

async function* inPieces(bytes: Buffer): AsyncIterable<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}

const read = async (bytes: Buffer, encoding?: string, maxBytes = 100_000): Promise<string> =>
  (await readBody(inPieces(bytes), encoding, maxBytes)).toString();

const plain = Buffer.from(text);
const packed = gzipSync(plain);

test.each([
  ['as it is', plain, undefined],
  ['by its encoding', packed, 'gzip'],
  ['by its first bytes, as a file', packed, undefined],
  ['twice: a packed file that was packed once more on its way', gzipSync(packed), 'gzip'],
])('a body is read %s', async (_how, body, encoding) => {
  expect(await read(body, encoding)).toBe(text);
});

test.each([
  ['larger than allowed', () => read(packed, 'gzip', 1_000), 'too-large'],
  ['a file that is larger once unpacked', () => read(packed, undefined, 1_000), 'too-large'],
  ['torn', () => read(packed.subarray(0, 40)), 'broken'],
  ['encoded as nobody asked for', () => read(plain, 'br'), 'broken'],
])('a body that is %s is refused', async (_what, reading, kind) => {
  await expect(reading()).rejects.toMatchObject({ kind });
});
