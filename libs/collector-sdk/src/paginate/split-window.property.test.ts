import type { PagePlace, Window } from '@tidemark/contracts';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { splitPlace, type Split } from './split-window.ts';

const NOW = 1_700_000_000_000_000n;

const split = fc.record<Split>({
  axis: fc.constantFrom('cursor', 'other'),
  from: fc.constant('from'),
  to: fc.constant('to'),
  format: fc.constantFrom('iso', 'iso-local', 'date', 'epoch-s', 'epoch-ms'),
  zone: fc.constantFrom('UTC', 'Europe/Berlin', 'America/Sao_Paulo'),
  start: fc.constant('2000-01-01'),
  min: fc.constantFrom('0s', '1s', '1d'),
  when: fc.constant(undefined),
});

const window = fc
  .tuple(fc.bigInt({ min: 0n, max: NOW }), fc.bigInt({ min: 1n, max: 10n ** 15n }), fc.boolean())
  .map(([from, length, isOpen]): Window => ({
    from: from.toString(),
    to: isOpen ? null : (from + length).toString(),
  }));

const place = (windows: Window[]): PagePlace => ({
  seq: 3,
  place: { page: 9 },
  windows,
  bound: null,
  stride: null,
});

test('two halves are the window, without a gap and without an overlap, and both are smaller', () => {
  fc.assert(
    fc.property(split, window, fc.array(window, { maxLength: 3 }), (axis, whole, waiting) => {
      const next = splitPlace(axis, place([whole, ...waiting]), NOW.toString());
      if (!next) return;
      const [first, second, ...rest] = next.windows;
      expect(rest).toEqual(waiting);
      expect([first?.from, second?.to]).toEqual([whole.from, whole.to]);
      expect(first?.to).toBe(second?.from);
      const middle = BigInt(first?.to ?? 0);
      expect(middle > BigInt(whole.from ?? 0)).toBe(true);
      expect(middle < BigInt(whole.to ?? NOW)).toBe(true);
      expect(next).toMatchObject({ seq: 4, place: {}, stride: null });
    }),
  );
});

test('halving comes to its end', () => {
  fc.assert(
    fc.property(
      split,
      window,
      fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }),
      (axis, whole, turns) => {
        let current: Window | undefined = whole;
        for (const isLater of turns) {
          const next: PagePlace | undefined = splitPlace(axis, place([current]), NOW.toString());
          if (!next) return;
          const [first, second] = next.windows;
          current = (isLater ? second : first) ?? current;
        }
        expect.fail(`still a window to halve: ${JSON.stringify(current)}`);
      },
    ),
  );
});
