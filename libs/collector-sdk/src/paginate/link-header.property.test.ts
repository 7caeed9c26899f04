import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findLink } from './link-header.ts';

const token = fc.stringMatching(/^[a-z][a-z0-9-]{0,8}$/);
const target = fc.stringMatching(/^[a-z0-9/:?&=,;."' -]{0,30}$/);
const quoted = fc.stringMatching(/^[a-z0-9 ,;<>=]{0,20}$/);

/** Parameters that say nothing of the relation. */
const parameter = fc
  .tuple(token, fc.option(quoted))
  .filter(([name]) => name !== 'rel')
  .map(([name, value]) => (value === null ? name : `${name}="${value}"`));

const blank = fc.constantFrom('', ' ', '\t');

test('the link of a relation is found whatever stands around it', () => {
  const link = fc.tuple(target, token, fc.array(parameter, { maxLength: 3 }), blank);
  fc.assert(
    fc.property(fc.array(link, { minLength: 1, maxLength: 5 }), fc.boolean(), (links, isQuoted) => {
      const written = links.map(([to, relation, parameters, gap]) => {
        const rel = isQuoted ? `rel="${relation}"` : `rel=${relation}`;
        return [`<${to}>`, ...parameters, rel].join(`${gap};${gap}`);
      });
      for (const [, relation] of links) {
        const first = links.find((each) => each[1] === relation);
        expect(findLink(written.join(', '), relation)).toBe(first?.[0].trim());
      }
      expect(findLink(written.join(','), 'none-of-them')).toBeUndefined();
    }),
  );
});

test('any header tells a link or none', () => {
  const piece = fc.constantFrom('<', '>', ';', ',', '"', '\\', '=', ' rel', 'next', ' ', 'a');
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      expect(['string', 'undefined']).toContain(typeof findLink(pieces.join(''), 'next'));
    }),
  );
});

test.each(['<', '<>;', '<>;a=', '<>; rel="', '<> ', ' ', '\\"', '<>;a=\t \t'])(
  'a long header of "%s" is read in one go',
  (piece) => {
    const startedMs = performance.now();
    findLink(piece.repeat(300_000 / piece.length), 'next');
    // A regular expression that goes back takes minutes for it.
    expect(performance.now() - startedMs).toBeLessThan(10_000);
  },
  60_000,
);
