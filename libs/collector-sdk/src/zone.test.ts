import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cursorToDigits } from './cursor-format.ts';
import { instantOf, isZone, localTime, type WindowEnd } from './zone.ts';

const us = (text: string): bigint => BigInt(cursorToDigits(text, 'time'));
const utc = (micros: bigint): string => new Date(Number(micros / 1_000n)).toISOString();

describe('the instant of a local time', () => {
  test.each<[string, string, WindowEnd, string]>([
    ['Europe/Berlin', '2024-01-15T12:00:00', 'from', '2024-01-15T11:00:00.000Z'],
    ['Europe/Berlin', '2024-07-15T12:00:00', 'from', '2024-07-15T10:00:00.000Z'],
    // 02:30 never happened on this day, and happened twice on that one.
    ['Europe/Berlin', '2024-03-31T02:30:00', 'from', '2024-03-31T01:00:00.000Z'],
    ['Europe/Berlin', '2024-03-31T02:30:00', 'to', '2024-03-31T01:00:00.000Z'],
    ['Europe/Berlin', '2024-10-27T02:30:00', 'from', '2024-10-27T00:30:00.000Z'],
    ['Europe/Berlin', '2024-10-27T02:30:00', 'to', '2024-10-27T01:30:00.000Z'],
    // In Brazil clocks were changed at midnight: this day began at one o'clock, the other one after a repeated hour.
    ['America/Sao_Paulo', '2018-11-04T00:00:00', 'from', '2018-11-04T03:00:00.000Z'],
    ['America/Sao_Paulo', '2018-02-18T00:00:00', 'from', '2018-02-18T03:00:00.000Z'],
    ['America/Sao_Paulo', '2018-02-17T23:30:00', 'from', '2018-02-18T01:30:00.000Z'],
    ['America/Sao_Paulo', '2018-02-17T23:30:00', 'to', '2018-02-18T02:30:00.000Z'],
    ['America/Sao_Paulo', '2024-01-01T00:00:00', 'from', '2024-01-01T03:00:00.000Z'],
    // A day that Samoa never had.
    ['Pacific/Apia', '2011-12-30T12:00:00', 'from', '2011-12-30T10:00:00.000Z'],
    ['UTC', '2024-01-15T12:00:00', 'from', '2024-01-15T12:00:00.000Z'],
  ])('%s %s as %s is %s', (zone, local, end, instant) => {
    expect(utc(instantOf(zone, us(`${local}Z`), end))).toBe(instant);
  });
});

describe('the local time of an instant as an end of a window', () => {
  test.each<[string, string, WindowEnd, string]>([
    ['Europe/Berlin', '2024-07-15T10:00:00Z', 'from', '2024-07-15T12:00:00.000Z'],
    // Between the first and the second 02:30: later rows may have any time from 02:00 on, earlier ones up to 03:00.
    ['Europe/Berlin', '2024-10-27T00:45:00Z', 'from', '2024-10-27T02:00:00.000Z'],
    ['Europe/Berlin', '2024-10-27T01:15:00Z', 'to', '2024-10-27T03:00:00.000Z'],
    ['Europe/Berlin', '2024-10-27T01:15:00Z', 'from', '2024-10-27T02:15:00.000Z'],
    ['Europe/Berlin', '2024-10-26T23:59:00Z', 'from', '2024-10-27T01:59:00.000Z'],
    ['Europe/Berlin', '2024-10-27T02:30:00Z', 'to', '2024-10-27T03:30:00.000Z'],
    ['America/Sao_Paulo', '2018-02-18T01:59:59Z', 'from', '2018-02-17T23:00:00.000Z'],
    ['America/Sao_Paulo', '2018-11-04T03:00:00Z', 'to', '2018-11-04T01:00:00.000Z'],
  ])('%s %s as %s is %s', (zone, instant, end, local) => {
    expect(utc(localTime(zone, us(instant), end))).toBe(local);
  });

  test('no row is left out: whatever happens after `from` has no earlier local time, nor before `to` a later one', () => {
    const zones = ['Europe/Berlin', 'America/Sao_Paulo', 'Australia/Lord_Howe', 'Asia/Kathmandu'];
    const first = us('2015-01-01');
    const minutes = fc.integer({ min: 0, max: 5 * 366 * 1_440 });

    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        minutes,
        fc.integer({ min: 0, max: 3_000 }),
        (...given) => {
          const [zone, minute, later] = given;
          const at = first + BigInt(minute) * 60_000_000n;
          const row = at + BigInt(later) * 60_000_000n;
          const dated = plainLocal(zone, row);
          expect(localTime(zone, at, 'from') <= dated).toBe(true);
          expect(localTime(zone, row + 1n, 'to') > plainLocal(zone, at)).toBe(true);
          expect(instantOf(zone, dated, 'from') <= row).toBe(true);
          expect(instantOf(zone, dated, 'to') >= row).toBe(true);
        },
      ),
    );
  });
});

test('zones are names that have a history', () => {
  expect(['UTC', 'America/Sao_Paulo', 'Europe/Berlin'].every(isZone)).toBe(true);
  expect(['+03:00', 'Mars/Base', ''].some(isZone)).toBe(false);
});

/** What a clock on the wall shows, told by another way of the runtime. */
function plainLocal(zone: string, micros: bigint): bigint {
  const text = new Date(Number(micros / 1_000n)).toLocaleString('sv-SE', { timeZone: zone });
  return us(`${text.replace(' ', 'T')}Z`);
}
