import { expect, test } from 'vitest';
import { z } from 'zod';
import { fieldRows } from './field-rows.ts';

test('every field has its type and whether it must be there', () => {
  const schema = z.object({
    id: z.uuid(),
    count: z.number().int().nonnegative(),
    kind: z.enum(['a', 'b']).default('a'),
    note: z.string().nullable(),
    tags: z.array(z.string()).optional(),
  });

  expect(fieldRows(schema)).toEqual([
    { field: 'id', type: 'uuid', presence: 'required' },
    { field: 'count', type: 'integer ≥ 0', presence: 'required' },
    { field: 'kind', type: '`a`, `b`', presence: 'default `"a"`' },
    { field: 'note', type: 'text or null', presence: 'required' },
    { field: 'tags', type: 'array of text', presence: 'optional' },
  ]);
});

test('fields of nested objects follow with dots, also in arrays and where null may stand', () => {
  const place = z.object({ seq: z.number().int().positive() });
  const schema = z.object({ page: place, more: z.array(place), last: place.nullable() });

  expect(fieldRows(schema).map(({ field }) => field)).toEqual([
    'page',
    'page.seq',
    'more',
    'more.seq',
    'last',
    'last.seq',
  ]);
});

test('a bar in a pattern does not end the cell of a table', () => {
  expect(fieldRows(z.object({ at: z.string().regex(/^(a|b)$/) }))[0]?.type).toBe(
    'text like `^(a\\|b)$`',
  );
});
