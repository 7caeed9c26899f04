import type { Window } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { Definition } from '../definition/definition.ts';
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
  ['less settle', { settle: '400ms' }, open, '1000000', '600000'],
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
])('a chunk covers up to %s', (...[, incremental, window, sourceUs, expected]) => {
  const moment = {
    askedAtUs: sourceUs === String(3 * day + 5) ? String(4 * day) : '5000000',
    sourceUs,
  };

  expect(boundOf(definitionWith(incremental), window, moment, [])).toBe(expected);
});

const integers = { unit: 'integer', format: 'integer', start: '0' };

test('integers are covered up to the greatest one that was seen, others are left out', () => {
  const records = [{ a: { at: 5 } }, { a: { at: '900719925474099300' } }, { a: { at: 'x' } }, {}];
  const moment = { askedAtUs: '5000000', sourceUs: undefined };

  expect(boundOf(definitionWith(integers), open, moment, records)).toBe('900719925474099300');
  expect(boundOf(definitionWith(integers), { from: '0', to: '4' }, moment, records)).toBe('4');
  expect(boundOf(definitionWith(integers), open, moment, [])).toBeNull();
});

test('without a cursor window nothing is covered', () => {
  expect(boundOf(definitionWith({}), null, { askedAtUs: '1', sourceUs: '1' }, [])).toBeNull();
});
