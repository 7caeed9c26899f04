import { TerminalError } from '@tidemark/runtime';
import { expect, test } from 'vitest';
import { decodeBody, encodeBody } from './body.ts';

test('a long text travels compressed and arrives as it was', () => {
  const text = Buffer.from('["a record with much that is alike"]'.repeat(1_000));

  const { contentEncoding, body } = encodeBody(text);

  expect(contentEncoding).toBe('zstd');
  expect(body.length).toBeLessThan(text.length / 10);
  expect(decodeBody(contentEncoding, body, text.length).equals(text)).toBe(true);
});

test('a short text, and one that would only grow, travel as they are', () => {
  const noise = Buffer.from(Array.from({ length: 4_096 }, (_, i) => (i * 7_919 * (i + 13)) % 251));

  expect(encodeBody(Buffer.from('[]'))).toEqual({
    contentEncoding: 'identity',
    body: Buffer.from('[]'),
  });
  expect(encodeBody(noise).body.length).toBeLessThanOrEqual(noise.length);
});

test.each([
  { what: 'larger than allowed', encoding: 'zstd', bytes: encodeBody(Buffer.alloc(100_000)).body },
  { what: 'plain and larger than allowed', encoding: 'identity', bytes: Buffer.alloc(1_001) },
  { what: 'damaged', encoding: 'zstd', bytes: Buffer.from('not zstd at all') },
  { what: 'of an unknown encoding', encoding: 'gzip', bytes: Buffer.from('x') },
])('a body that is $what is given up', ({ encoding, bytes }) => {
  expect(() => decodeBody(encoding, bytes, 1_000)).toThrow(TerminalError);
});

test('a body whose length was told wrongly arrives as it was', () => {
  const text = Buffer.from('["a record with much that is alike"]'.repeat(1_000));
  const { body } = encodeBody(text);

  for (const told of [-1, 0, 10, text.length - 1, text.length, text.length + 1, 1e9]) {
    expect(decodeBody('zstd', body, 100_000, told).equals(text), String(told)).toBe(true);
  }
});
