import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readBatchHeaders, versionVerdict, writeBatchHeaders } from './batch-headers.ts';
import { batchId } from './message-ids.ts';
import { addedTypes } from './messages/added-column.ts';
import type { BatchHeaders } from './messages/batch.ts';
import { pageOutcomes } from './words.ts';

const digits = fc.bigInt({ min: 0n, max: 10n ** 17n - 1n }).map(String);
const signed = fc.bigInt({ min: -(10n ** 17n), max: 10n ** 17n }).map(String);
const count = fc.nat({ max: 1_000_000 });

const common = {
  version: fc.constant(1),
  runId: fc.uuid({ version: 4 }),
  chunkId: count,
  attempt: fc.integer({ min: 1, max: 99 }),
  seq: count,
  digest: fc.stringMatching(/^[0-9a-f]{16}$/),
  part: count,
  parts: fc.integer({ min: 1, max: 99 }),
  outcome: fc.constantFrom(...pageOutcomes),
  askedAt: digits,
  revision: fc.stringMatching(/^[0-9a-f]{16}$/),
  records: count,
  rejected: count,
  contentType: fc.constantFrom('application/json', 'text/plain'),
  contentEncoding: fc.constantFrom('zstd' as const, 'identity' as const),
};
const complete: fc.Arbitrary<BatchHeaders> = fc.oneof(
  fc.record(common),
  fc.record({
    ...common,
    columns: fc.array(
      fc.record({
        kind: fc.constantFrom('field' as const, 'variant' as const),
        name: fc.string({ unit: 'grapheme-composite', maxLength: 10 }),
        type: fc.constantFrom(...addedTypes),
      }),
      { minLength: 1, maxLength: 100 },
    ),
    discarded: fc.dictionary(
      fc.stringMatching(/^[a-z_]\w{0,9}$/),
      fc.integer({ min: 1, max: 2_000 }),
      {
        minKeys: 1,
        noNullPrototype: true,
      },
    ),
  }),
  fc.record({ ...common, sections: fc.array(count, { minLength: 2, maxLength: 10 }) }),
  fc.record({
    ...common,
    window: fc.record({ from: fc.option(signed), to: fc.option(signed) }),
    outOfRange: fc.integer({ min: 1, max: 2_000 }),
  }),
);

describe('batch headers', () => {
  test('what is written is read back', () => {
    fc.assert(
      fc.property(complete, (batch) => {
        const headers = new Map(writeBatchHeaders(batch));

        const read = readBatchHeaders((name) => headers.get(name));

        expect(read.data).toEqual(batch);
      }),
    );
  });

  test('any other text in a header is refused, never taken for a number', () => {
    const [batch] = fc.sample(complete, { numRuns: 1, seed: 7 }) as [BatchHeaders];
    const headers = new Map(writeBatchHeaders(batch));
    for (const name of ['Tidemark-Chunk', 'Tidemark-Seq', 'Tidemark-Part', 'Tidemark-Records']) {
      for (const text of ['', '-1', '1e3', '0x10', ' 1', '1.5', 'NaN', '9'.repeat(40)]) {
        const wrong = new Map(headers).set(name, text);

        expect(readBatchHeaders((key) => wrong.get(key)).success, `${name}: "${text}"`).toBe(false);
      }
    }
  });

  test('a window that is none is refused', () => {
    const [batch] = fc.sample(complete, { numRuns: 1, seed: 7 }) as [BatchHeaders];
    const headers = new Map(writeBatchHeaders(batch));
    for (const text of ['1', '1..2..3', 'a..b', '1..x', '1,2', '1.5..']) {
      const wrong = new Map(headers).set('Tidemark-Window', text);

      expect(readBatchHeaders((key) => wrong.get(key)).success, text).toBe(false);
    }
  });

  test('the id of a batch changes with its content, its attempt and its part', () => {
    const [batch] = fc.sample(complete, { numRuns: 1, seed: 7 }) as [BatchHeaders];
    const ids = [
      batch,
      { ...batch, digest: '0123456789abcdef' },
      { ...batch, attempt: batch.attempt + 1 },
      { ...batch, part: batch.part + 1 },
    ].map((one) => batchId('raw', one));

    expect(new Set(ids).size).toBe(4);
    expect(batchId('load', batch)).not.toBe(batchId('raw', batch));
  });

  test.each([
    ['1', 'read'],
    ['2', 'read'],
    ['3', 'read'],
    ['4', 'hold'],
    ['0', 'invalid'],
    ['x', 'invalid'],
    ['', 'invalid'],
    [undefined, 'invalid'],
  ] as const)('version %s means %s', (text, verdict) => {
    expect(versionVerdict(text)).toBe(verdict);
  });
});
