import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cursorToDigits, digitsToCursor, floorDigits, parseCursor } from './cursor-format.ts';
import type { CursorFormat } from './cursor-format.ts';

/** Any UTF-16 at all, halves of pairs included. */
const anyText = fc
  .array(fc.nat(0xffff), { maxLength: 30 })
  .map((codes) => String.fromCharCode(...codes));

const SECOND = 1_000_000n;
const DAY = 86_400n * SECOND;
/** From the year 1900 on zones have the offsets of today, more or less; what lies before is of whole minutes nowhere. */
const moment = fc.bigInt({ min: -2_000_000_000n * SECOND, max: 4_000_000_000n * SECOND });
const zone = fc.constantFrom(
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'America/Sao_Paulo',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'Pacific/Apia',
  'Africa/Casablanca',
);
const format = fc.constantFrom<CursorFormat>(
  'iso',
  'iso-local',
  'date',
  'epoch-s',
  'epoch-ms',
  'epoch-us',
);

/** Local time without a zone is no text of UTC. */
const pair = fc
  .record({ zone, format })
  .filter((each) => each.zone !== 'UTC' || each.format !== 'iso-local');

test('a window that is written is never narrower than it is, and not wider than a day and a repeated hour', () => {
  fc.assert(
    fc.property(moment, pair, (value, { zone: of, format: as }) => {
      const digits = value.toString();
      const from = BigInt(cursorToDigits(digitsToCursor(digits, as, of, 'from'), as, of, 'from'));
      const to = BigInt(cursorToDigits(digitsToCursor(digits, as, of, 'to'), as, of, 'to'));
      expect(from <= value).toBe(true);
      expect(to >= value).toBe(true);
      // A zone that changed sides of the date line left out a whole day.
      expect(to - from <= 3n * DAY).toBe(true);
    }),
  );
});

test('the order of two moments survives being written and read', () => {
  fc.assert(
    fc.property(moment, moment, pair, fc.constantFrom('from', 'to'), (a, b, as, end) => {
      const [early, late] = a <= b ? [a, b] : [b, a];
      const read = (value: bigint): bigint => {
        const text = digitsToCursor(value.toString(), as.format, as.zone, end);
        return BigInt(cursorToDigits(text, as.format, as.zone, end));
      };
      expect(read(early) <= read(late)).toBe(true);
    }),
  );
});

test('what a format can say is the latest that is not after the moment, and itself', () => {
  fc.assert(
    fc.property(moment, pair, (value, as) => {
      const floor = floorDigits(value.toString(), as.format, as.zone);
      expect(BigInt(floor) <= value).toBe(true);
      expect(floorDigits(floor, as.format, as.zone)).toBe(floor);
    }),
  );
});

test('an instant with any zone and any number of decimals is the one that Date reads, to the microsecond', () => {
  const decimals = fc.stringMatching(/^\d{1,9}$/);
  const offset = fc.tuple(fc.integer({ min: -14, max: 14 }), fc.constantFrom(0, 30, 45));
  const seconds = fc.integer({ min: -2_000_000_000, max: 4_000_000_000 });
  fc.assert(
    fc.property(seconds, decimals, offset, (at, fraction, [hours, minutes]) => {
      const local = new Date(at * 1_000).toISOString().slice(0, 19);
      const sign = hours < 0 ? '-' : '+';
      const two = (part: number): string => String(Math.abs(part)).padStart(2, '0');
      const zoned = `${local}.${fraction}${sign}${two(hours)}:${two(minutes)}`;
      const wholeMs = Date.parse(`${local}${sign}${two(hours)}:${two(minutes)}`);
      const micros = BigInt(wholeMs) * 1_000n + BigInt(fraction.padEnd(6, '0').slice(0, 6));
      expect(cursorToDigits(zoned, 'iso')).toBe(micros.toString());
    }),
  );
});

test('any text is digits or nothing, in every format', () => {
  const notation = fc.constantFrom('time', 'integer', 'iso', 'date', 'epoch-s', 'epoch-us');
  const text = fc.oneof(
    anyText,
    fc.stringMatching(/^[-+0-9T:.Z ]{0,40}$/),
    fc.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{0,20})?(Z|[+-]\d{2}:\d{2})?$/),
  );
  fc.assert(
    fc.property(text, notation, zone, (value, as, of) => {
      const digits = parseCursor(value, as, of);
      if (digits !== undefined) expect(digits).toMatch(/^-?\d+$/);
    }),
    { numRuns: 500 },
  );
});
