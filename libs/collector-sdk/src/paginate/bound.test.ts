import type { Window } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { Definition } from '../definition/definition.ts';
import { cursorToDigits } from '../cursor-format.ts';
import { boundOf } from './bound.ts';

function definitionWith(incremental: Readonly<Record<string, unknown>>): Definition {
  return Definition.parse({
    name: 'x',
    source: { name: 'x', baseUrl: 'http://127.0.0.1' },
    request: { path: '/x' },
    incremental: {
      kind: 'cursor',
      field: 'at',
      from: 'since',
      start: '2000-01-01',
      ...incremental,
    },
    target: {
      kind: 'table',
      table: 't',
      key: ['at'],
      fields: { at: { path: 'a.at', type: 'bigint' } },
    },
  });
}

const open: Window = { from: '0', to: null };
const day = 86_400_000_000;

test.each([
  ['the source clock', {}, open, '1000000', '1000000'],
  ['the clock of PostgreSQL where the source has none', {}, open, undefined, '5000000'],
  ['less settle', { settle: '2s' }, open, '4000000', '2000000'],
  ['the end of the window when that is earlier', {}, { from: '0', to: '7' }, '1000000', '7'],
  [
    'the clock of PostgreSQL where that of the source is ahead',
    {},
    open,
    '4070908800000000',
    '5000000',
  ],
  ['whole days for dates', { format: 'date' }, open, String(3 * day + 5), String(3 * day)],
  ['whole seconds for seconds', { format: 'epoch-s' }, open, '1999999', '1000000'],
  ['whole seconds, since the source may keep no more', {}, open, '1999999', '1000000'],
  ['whole seconds before 1970 too', {}, { from: '-9000000', to: null }, '-1', '-1000000'],
])('a chunk covers up to %s', (...[, incremental, window, sourceUs, expected]) => {
  const moment = {
    askedAtUs: sourceUs === String(3 * day + 5) ? String(4 * day) : '5000000',
    sourceUs,
  };

  expect(boundOf(definitionWith(incremental), window, moment)).toBe(expected);
});

test.each([
  ['ahead', 600, 0],
  ['behind', -600, -600],
])(
  'a source whose clock is ten minutes %s covers no more than both clocks',
  (_, skew, expected) => {
    const asked = 10 * day;
    const moment = {
      askedAtUs: String(asked),
      sourceUs: String(asked + skew * 1_000_000),
    };

    const bound = boundOf(definitionWith({}), open, moment);

    expect(bound).toBe(String(asked + expected * 1_000_000));
  },
);

test.each([
  // 01:30 UTC: in São Paulo it is still the day before, in Berlin the day is half an hour old.
  ['America/Sao_Paulo', '2024-07-10T01:30:00Z', '2024-07-09T03:00:00Z'],
  ['Europe/Berlin', '2024-07-09T22:30:00Z', '2024-07-09T22:00:00Z'],
  ['UTC', '2024-07-10T01:30:00Z', '2024-07-10T00:00:00Z'],
  // The day on which clocks were set forward at midnight began at one o'clock.
  ['America/Sao_Paulo', '2018-11-04T12:00:00Z', '2018-11-04T03:00:00Z'],
  ['Europe/Berlin', '2024-10-27T20:00:00Z', '2024-10-26T22:00:00Z'],
])('days end at midnight of their zone: %s at %s', (zone, now, expected) => {
  const moment = { askedAtUs: cursorToDigits(now, 'time'), sourceUs: undefined };

  const bound = boundOf(definitionWith({ format: 'dd/MM/yyyy', zone }), open, moment);

  expect(bound).toBe(cursorToDigits(expected, 'time'));
});

test('without a cursor window, and for integers, page 0 fixes no bound', () => {
  const moment = { askedAtUs: '1', sourceUs: '1' };
  const integers = { unit: 'integer', format: 'integer', start: '0' };

  expect(boundOf(definitionWith({}), null, moment)).toBeNull();
  expect(boundOf(definitionWith(integers), open, moment)).toBeNull();
});
