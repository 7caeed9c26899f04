import type { PagePlace } from '@tidemark/contracts';
import { describe, expect, test } from 'vitest';
import { cursorToDigits } from '../cursor-format.ts';
import { Definition } from '../definition/definition.ts';
import { saysTooMany, splitOf, splitPlace, type Split } from './split-window.ts';

const definition = Definition.parse({
  name: 'quakes',
  source: { name: 'quakes', baseUrl: 'http://127.0.0.1' },
  request: { path: '/x' },
  incremental: {
    kind: 'cursor',
    field: 'updated',
    from: 'updatedafter',
    start: '2000-01-01',
    split: {
      from: 'starttime',
      to: 'endtime',
      start: '1970-01-01',
      min: '10s',
      when: { status: 400, body: 'exceeds search limit' },
    },
  },
  target: { kind: 'raw', table: 't' },
});
const split = splitOf(definition) as Split;
const second = 1_000_000;
const at = (windows: PagePlace['windows']): PagePlace => ({
  seq: 4,
  place: { offset: 7 },
  windows,
  bound: '77',
  stride: null,
});

test('the current window is replaced by its halves, the rest of the stack stays', () => {
  const place = splitPlace(
    split,
    at([
      { from: '0', to: String(100 * second) },
      { from: '5', to: '6' },
    ]),
    '0',
  );

  expect(place).toEqual({
    seq: 5,
    place: {},
    bound: '77',
    stride: null,
    windows: [
      { from: '0', to: String(50 * second) },
      { from: String(50 * second), to: String(100 * second) },
      { from: '5', to: '6' },
    ],
  });
});

test('an open end is halved as if it ended now, and the later half stays open', () => {
  const place = splitPlace(split, at([{ from: '0', to: null }]), String(100 * second));

  expect(place?.windows).toEqual([
    { from: '0', to: String(50 * second) },
    { from: String(50 * second), to: null },
  ]);
});

test('without a window the declared start begins the axis', () => {
  const place = splitPlace(split, at([]), String(100 * second));

  expect(place?.windows[0]).toEqual({ from: '0', to: String(50 * second) });
});

test.each([
  [10, undefined],
  [11, 2],
])('a window of %i s has %s halves when the minimum is 10 s', (seconds, halves) => {
  const place = splitPlace(split, at([{ from: '0', to: String(seconds * second) }]), '0');

  expect(place?.windows.length).toBe(halves);
});

test('splitting again and again ends, and covers the window without a gap', () => {
  let place: PagePlace | undefined = at([{ from: '0', to: String(86_400 * second) }]);
  let splits = 0;
  while (place) {
    const { windows }: PagePlace = place;
    for (const [i, window] of windows.entries()) {
      expect(window.to).toBe(windows[i + 1]?.from ?? String(86_400 * second));
    }
    place = splitPlace(split, place, '0');
    splits += 1;
  }

  expect(splits).toBeLessThan(20);
});

describe('where the cursor itself is split', () => {
  const days = splitOf(
    Definition.parse({
      ...definition,
      incremental: {
        kind: 'cursor',
        field: 'day',
        from: 'start',
        to: 'end',
        format: 'dd/MM/yyyy',
        zone: 'America/Sao_Paulo',
        start: '2018-01-01',
        split: { axis: 'cursor', when: { status: 400, body: 'too many' } },
      },
    }),
  ) as Split;
  const us = (text: string): string => cursorToDigits(text, 'time', days.zone);

  test('its window is read in halves that end with a day of the zone', () => {
    const window = { from: us('2018-11-01'), to: us('2018-11-08') };

    // Clocks were set forward at the midnight in between.
    expect(splitPlace(days, at([window]), '0')?.windows).toEqual([
      { from: us('2018-11-01'), to: us('2018-11-04') },
      { from: us('2018-11-04'), to: us('2018-11-08') },
    ]);
  });

  test('a single day has no halves', () => {
    const window = { from: us('2018-11-01'), to: us('2018-11-02') };

    expect(splitPlace(days, at([window]), '0')).toBeUndefined();
  });

  test('an open end is halved at the clock', () => {
    const halves = splitPlace(days, at([{ from: us('2018-01-01'), to: null }]), us('2018-01-05'));

    expect(halves?.windows).toEqual([
      { from: us('2018-01-01'), to: us('2018-01-03') },
      { from: us('2018-01-03'), to: null },
    ]);
  });
});

test('only the declared status and text mean "too many"', () => {
  expect(saysTooMany(split, 400, '12 matching events exceeds search limit of 10.')).toBe(true);
  expect(saysTooMany(split, 400, 'Bad starttime')).toBe(false);
  expect(saysTooMany(split, 500, 'exceeds search limit')).toBe(false);
});
