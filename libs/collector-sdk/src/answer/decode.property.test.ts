import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decode, DecodeError } from './decode.ts';
import { jsonSize } from './json-size.ts';

/** Any UTF-16 at all, halves of pairs included. */
const anyText = fc
  .array(fc.nat(0xffff), { maxLength: 30 })
  .map((codes) => String.fromCharCode(...codes));

const csv = { kind: 'csv', separator: ',', quote: '"' } as const;

/** What is read of a text, or that it is refused in words; anything else is a mistake. */
function read(decoder: Parameters<typeof decode>[0], text: string): unknown {
  try {
    return { value: decode(decoder, text) };
  } catch (error) {
    if (!(error instanceof DecodeError)) throw error;
    expect(error.message).toMatch(/^(the answer|line \d+ of the answer|the header row) /);
    return undefined;
  }
}

const parsed = (text: string): unknown => {
  try {
    return { value: JSON.parse(text) as unknown };
  } catch {
    return undefined;
  }
};

/** Texts that nearly are JSON: one piece of a good one is something else. */
const nearly = fc
  .tuple(
    fc.json(),
    fc.nat(),
    fc.nat(3),
    fc.constantFrom('', '"', '{', ']', ',', ':', '\\', '\u0000', '-', 'e', '0', '\ud800', '\n'),
  )
  .map(([text, at, gone, piece]) => {
    const place = at % (text.length + 1);
    return text.slice(0, place) + piece + text.slice(place + gone);
  });

test('of JSON the same is read as JSON.parse reads, and the same texts are refused', () => {
  fc.assert(
    fc.property(fc.oneof(fc.json(), nearly, fc.string()), (text) => {
      // Long numbers are kept by their digits, which JSON.parse does not do.
      fc.pre(!/\d[\d.]{14}/.test(text) && !/[eE][+-]?\d{3}/.test(text));
      expect(read({ kind: 'json' }, text)).toEqual(parsed(text));
    }),
    { numRuns: 500 },
  );
});

test('lines of JSON are read one by one, whatever stands between them', () => {
  const blank = fc.constantFrom('', ' ', '\t', '\r');
  const value = fc
    .jsonValue()
    .filter((each) => !/\d[\d.]{14}|e[+-]?\d{3}/.test(JSON.stringify(each)));
  fc.assert(
    fc.property(fc.array(fc.tuple(value, blank)), (lines) => {
      const text = lines.map(([each, gap]) => `${JSON.stringify(each)}${gap}\n${gap}`).join('\n');
      const expected = lines.map(([each]): unknown => JSON.parse(JSON.stringify(each)));
      expect(read({ kind: 'ndjson' }, text)).toEqual({ value: expected });
    }),
  );
});

test('any text is lines of JSON, rows of CSV, or refused', () => {
  const rough = fc
    .array(fc.constantFrom(',', '"', '\n', '\r\n', 'a', ';', ' ', '\u0000', '""', '{}', '[', '1'))
    .map((pieces) => pieces.join(''));
  fc.assert(
    fc.property(fc.oneof(rough, anyText), (text) => {
      read({ kind: 'ndjson' }, text);
      read(csv, text);
    }),
    { numRuns: 500 },
  );
});

test('the depth of a text is that of its value, and no text in it counts', () => {
  const depthOf = (value: unknown): number =>
    typeof value === 'object' && value !== null
      ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
      : 0;
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      expect(jsonSize(JSON.stringify(value)).depth).toBe(depthOf(value));
    }),
  );
});
