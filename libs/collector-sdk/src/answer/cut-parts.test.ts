import { expect, test } from 'vitest';
import { cutBytes, cutParts, MAX_RECORD_BYTES } from './cut-parts.ts';

interface RejectRow {
  position: number;
  code: string;
  payload: string;
}

const rejectsOf = (text: string): RejectRow[] => JSON.parse(text) as RejectRow[];

test('a page without records is one empty part', () => {
  expect(cutParts([])).toEqual([{ records: '[]', rejects: '[]', recordCount: 0, rejectCount: 0 }]);
});

test.each([
  [1, [1]],
  [2_000, [2_000]],
  [2_001, [2_000, 1]],
  [20_000, Array.from({ length: 10 }, () => 2_000)],
])('%i small records become parts of %j', (count, expected) => {
  const records = Array.from({ length: count }, (_, id) => ({ id }));

  const parts = cutParts(records);

  expect(parts.map((part) => part.recordCount)).toEqual(expected);
  expect(parts.flatMap((part) => JSON.parse(part.records) as unknown[])).toEqual(records);
});

test('parts stay below one MiB of text, counted in bytes and not in characters', () => {
  const records = Array.from({ length: 20 }, (_, id) => ({ id, text: 'ü'.repeat(100_000) }));

  const parts = cutParts(records);

  for (const part of parts) {
    expect(Buffer.byteLength(part.records + part.rejects)).toBeLessThan(1_048_576 - 16_384);
  }
  expect(parts.reduce((sum, part) => sum + part.recordCount, 0)).toBe(20);
});

test('a record of 900 KB travels, one of 5 MB is rejected with its first 64 KiB', () => {
  const parts = cutParts([{ id: 1 }, { big: 'x'.repeat(5_000_000) }, { a: 'y'.repeat(900_000) }]);

  const rejects = parts.flatMap((part) => rejectsOf(part.rejects));
  expect(rejects).toMatchObject([{ position: 1, code: 'RECORD_TOO_LARGE' }]);
  expect(rejects[0]?.payload.startsWith('{"big":"xxx')).toBe(true);
  expect(Buffer.byteLength(rejects[0]?.payload ?? '')).toBe(65_536);
  expect(parts.reduce((sum, part) => sum + part.recordCount, 0)).toBe(2);
});

test('many large records do not make a part that is too large by its rejects', () => {
  const records = Array.from({ length: 40 }, (_, id) => ({
    id,
    big: 'z'.repeat(MAX_RECORD_BYTES),
  }));

  const parts = cutParts(records);

  expect(parts.length).toBeGreaterThan(1);
  for (const part of parts) {
    expect(Buffer.byteLength(part.records + part.rejects)).toBeLessThan(1_048_576 - 16_384);
  }
});

test.each([['text'], [7], [null], [[1]]])('%j is no record and is rejected', (record) => {
  const [part] = cutParts([record, { id: 1 }]);

  expect(part).toMatchObject({ recordCount: 1, rejectCount: 1 });
  expect(rejectsOf(part?.rejects ?? '')).toMatchObject([{ position: 0, code: 'RECORD_INVALID' }]);
});

test('a text is cut between characters', () => {
  expect(cutBytes('aéb', 2)).toBe('a');
  expect(cutBytes('aéb', 3)).toBe('aé');
  expect(cutBytes('a😀', 4)).toBe('a');
  expect(cutBytes('abc', 10)).toBe('abc');
});
