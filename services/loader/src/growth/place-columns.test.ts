import type { AddedColumn, AddedType } from '@tidemark/contracts';
import type { TargetColumn } from '@tidemark/store';
import { expect, test } from 'vitest';
import { MAX_GROWTH, placeColumns } from './place-columns.ts';

const field = (type: AddedType, name = 'x'): AddedColumn => ({ kind: 'field', name, type });
const column = (type: AddedType, field_ = 'x'): TargetColumn => ({
  name: field_,
  type,
  field: field_,
  variantOf: null,
});

test.each<[AddedType[], AddedType]>([
  [['bigint'], 'bigint'],
  [['bigint', 'numeric'], 'numeric'],
  [['timestamptz'], 'timestamptz'],
  [['timestamptz', 'text'], 'text'],
  [['boolean', 'bigint'], 'text'],
  [['jsonb'], 'jsonb'],
  [['jsonb', 'bigint'], 'bigint'],
])('a field that comes as %j wants a column of type %s', (types, wanted) => {
  const { missing, places } = placeColumns(
    types.map((type) => field(type)),
    [],
    'evolve',
  );

  expect(missing).toEqual([{ type: wanted, field: 'x', variantOf: null }]);
  expect(places).toEqual(types.map(() => undefined));
});

test.each<[AddedType, AddedType, boolean]>([
  ['text', 'bigint', true],
  ['text', 'timestamptz', true],
  ['text', 'jsonb', false],
  ['numeric', 'bigint', true],
  ['bigint', 'numeric', false],
  ['jsonb', 'numeric', true],
  ['jsonb', 'text', false],
  ['timestamptz', 'text', false],
])('a column of type %s takes a %s: %s', (base, type, isTaken) => {
  const known = column(base);

  const { places } = placeColumns([field(type)], [known], 'discard');

  expect(places).toEqual([isTaken ? { to: known } : { discard: 'x' }]);
});

test('what a column does not take goes where the contract says', () => {
  const known = [column('bigint')];
  const variant = { name: 'x__text', type: 'text', field: null, variantOf: 'x' } as const;
  const columns = [field('text')];

  expect(placeColumns(columns, known, 'freeze').places).toEqual([
    { refuse: 'x: a text that is not a value of type bigint' },
  ]);
  expect(placeColumns(columns, known, 'evolve').missing).toEqual([
    { type: 'text', field: null, variantOf: 'x' },
  ]);
  expect(placeColumns(columns, [...known, variant], 'evolve').places).toEqual([{ to: variant }]);
});

test('a target does not grow without end: what is one too many is refused, the rest is not', () => {
  const known = Array.from({ length: MAX_GROWTH - 1 }, (_, place) => column('text', `f${place}`));

  const { places, missing } = placeColumns(
    [field('text', 'f0'), field('text', 'one'), field('text', 'more')],
    known,
    'evolve',
  );

  expect(missing).toMatchObject([{ field: 'one' }]);
  expect(places).toEqual([{ to: known[0] }, undefined, { refuse: expect.any(String) }]);
});
