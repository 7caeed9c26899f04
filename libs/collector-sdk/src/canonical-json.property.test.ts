import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson as canonicalDefinition } from './canonical-json.ts';
import { canonicalJson } from './mapping/canonical-json.ts';

/** The same content, its members in another order everywhere. */
function turned(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(turned);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toReversed();
  return Object.fromEntries(entries.map(([name, member]) => [name, turned(member)]));
}

test.each([
  ['a record', canonicalJson],
  ['a definition', (value: unknown) => canonicalDefinition(value as object)],
])(
  '%s has one text, whatever order its members are in, and that text is its content',
  (_of, write) => {
    fc.assert(
      fc.property(fc.jsonValue(), (given) => {
        // As it comes from a source: without -0 and whatever else JSON does not know.
        const value: unknown = JSON.parse(JSON.stringify(given));
        expect(write(turned(value))).toBe(write(value));
        expect(JSON.parse(write(value))).toEqual(value);
      }),
    );
  },
);
