import { expect, test } from 'vitest';
import type { CursorType } from './query-columns.ts';
import { rowConditions } from './row-conditions.ts';
import type { RowPlace } from './row-place.ts';
import { SqlParameters } from './sql-template.ts';

const micros = (instant: string): string => `${Date.parse(instant)}000`;

interface Asked {
  readonly type?: CursorType;
  readonly zone?: string;
  readonly window?: { from: string | null; to: string | null };
  readonly place?: Partial<RowPlace>;
  readonly columns?: readonly string[];
}

function conditionsOf({ type = 'timestamptz', zone = 'UTC', window, place, columns }: Asked) {
  const parameters = new SqlParameters();
  const order = { cursor: 'at', columns: columns ?? ['at', 'id'] };
  const conditions = rowConditions(
    {
      order,
      columns: { names: order.columns, withoutZone: new Set(), cursorType: type },
      zone,
      window: window ?? { from: micros('2024-01-01T00:00:00Z'), to: null },
      place: { after: undefined, until: undefined, part: 'rows', nullsFollow: false, ...place },
    },
    parameters,
  );
  return { conditions, values: parameters.values };
}

test('a window has both of its ends, which are values', () => {
  const window = { from: micros('2024-01-01T00:00:00Z'), to: micros('2024-02-01T00:00:00Z') };

  expect(conditionsOf({ window })).toEqual({
    conditions: ['q."at" >= $1::timestamptz', 'q."at" <= $2::timestamptz'],
    values: ['2024-01-01T00:00:00Z', '2024-02-01T00:00:00Z'],
  });
});

test('an open window ends where page 0 found the newest, but for what is dated into the future', () => {
  const place = { until: micros('2024-03-01T00:00:00Z') };

  expect(conditionsOf({ place }).conditions).toEqual([
    'q."at" >= $1::timestamptz',
    '(q."at" <= $2::timestamptz or q."at" > now())',
  ]);
});

test('integers have no future', () => {
  const asked = { type: 'bigint', window: { from: '7', to: null }, place: { until: '9' } } as const;

  expect(conditionsOf(asked)).toEqual({
    conditions: ['q."at" >= $1::bigint', 'q."at" <= $2::bigint'],
    values: ['7', '9'],
  });
});

test('a page begins right behind the last row of the one before, whatever is in it', () => {
  const after = ['2024-01-01 00:00:00.000001+00', `x'; drop table orders; --`];

  const { conditions, values } = conditionsOf({ place: { after } });

  expect(conditions.at(-1)).toBe('(q."at", q."id") > ($2, $3)');
  expect(values.slice(1)).toEqual(after);
});

test('rows without a cursor are told apart by what follows it, or not at all', () => {
  const nulls = { part: 'nulls', until: '9', after: ['17'] } as const;

  expect(conditionsOf({ place: nulls }).conditions).toEqual(['q."at" is null', '(q."id") > ($1)']);
  expect(conditionsOf({ place: { part: 'nulls' }, columns: ['at'] }).conditions).toEqual([
    'q."at" is null',
  ]);
});

test('a name is quoted', () => {
  const { conditions } = conditionsOf({ columns: ['at', 'a"b; --'], place: { after: ['x', 'y'] } });

  expect(conditions.at(-1)).toBe('(q."at", q."a""b; --") > ($2, $3)');
});

test.each([
  ['2024-10-26T12:00:00Z', '2024-10-26T14:00:00'],
  // Half past two comes twice that night: at the first one the hour from two on is still to come again.
  ['2024-10-27T00:30:00Z', '2024-10-27T02:00:00'],
  ['2024-10-27T01:30:00Z', '2024-10-27T02:30:00'],
  ['2024-03-31T01:30:00Z', '2024-03-31T03:30:00'],
])('a window of local times from %s on leaves out nothing', (from, expected) => {
  const window = { from: micros(from), to: null };

  const { values } = conditionsOf({ type: 'timestamp', zone: 'Europe/Berlin', window });

  expect(values).toEqual([expected]);
});
