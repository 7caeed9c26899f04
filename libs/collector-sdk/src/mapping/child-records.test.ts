import { describe, expect, it } from 'vitest';
import { Definition, type DefinitionInput } from '../definition/definition.ts';
import { compileMapping } from './map-records.ts';
import { compileTextMapping } from './map-texts.ts';

type Target = Extract<DefinitionInput['target'], { kind: 'table' }>;
type Child = NonNullable<Target['children']>[number];

const lines: Child = {
  at: 'order.lines',
  table: 'order_lines',
  parent: { order_id: 'id' },
  key: ['order_id', 'sku'],
  fields: {
    sku: { type: 'text' },
    amount: { path: 'money.amount', type: 'numeric' },
    unit: { type: 'text', default: 'piece' },
  },
};
const tags: Child = {
  at: 'tags',
  table: 'order_tags',
  parent: { order_id: 'id', day: 'day' },
  position: 'place',
  key: ['order_id', 'place'],
  fields: { tag: { path: '$', type: 'text', required: true } },
};

function definitionOf(changes: Partial<Target> = {}, more: Partial<DefinitionInput> = {}) {
  return Definition.parse({
    name: 'orders',
    source: { name: 'shop', baseUrl: 'https://shop.example' },
    request: { path: '/orders' },
    incremental: { kind: 'full' },
    target: {
      kind: 'table',
      table: 'orders',
      key: ['id'],
      fields: { id: { type: 'bigint' }, day: { type: 'date' } },
      children: [lines, tags],
      ...changes,
    },
    ...more,
  });
}

const map = async (records: readonly unknown[], definition = definitionOf()) =>
  compileMapping(definition, {})(records);

/** The digests at the ends of the lines. */
const digestsOf = (copyText: string): (string | undefined)[] =>
  copyText
    .split('\n')
    .slice(0, -1)
    .map((line) => line.split('\t').at(-1));

const order = (id: number, lists: object = {}) => ({ id, day: '2024-01-31', ...lists });
const line = (sku: string, amount: unknown = 1) => ({ sku, money: { amount } });

describe('the children of a record', () => {
  it('are lines with the digest of their record, its columns, their place, and their own columns', async () => {
    const { copyText, children, rejects } = await map([
      order(7, { order: { lines: [line('a', 1.5), line('b\tc')] }, tags: ['x', 'y'] }),
      order(8),
    ]);

    const [digest, none] = digestsOf(copyText);
    expect(rejects).toEqual([]);
    expect(digest).toMatch(/^[0-9a-f]{16}$/);
    expect(none).toBe('\\N');
    expect(children).toEqual([
      `${digest}\t7\ta\t1.5\tpiece\n${digest}\t7\tb\\tc\t1\tpiece\n`,
      `${digest}\t7\t2024-01-31\t0\tx\n${digest}\t7\t2024-01-31\t1\ty\n`,
    ]);
  });

  it('have a digest of their own for each content, table and place, and the same one in any order', async () => {
    const of = async (lists: object, definition = definitionOf()) =>
      digestsOf((await map([order(7, lists)], definition)).copyText)[0];
    const one = { order: { lines: [line('a'), line('b')] } };
    const digest = await of(one);

    expect(await of({ order: { lines: [line('b'), line('a')] } })).toBe(digest);
    expect(await of({ order: { lines: [line('a'), line('b'), line('a')] } })).toBe(digest);
    const others = [
      await of({ order: { lines: [line('a')] } }),
      await of({ order: { lines: [line('a'), line('b', 2)] } }),
      await of({ tags: ['x', 'y'] }),
      await of({ tags: ['y', 'x'] }),
      await of(one, definitionOf({ children: [{ ...lines, table: 'elsewhere' }, tags] })),
    ];
    expect(new Set([digest, ...others]).size).toBe(6);
    // A list more, of which the record has none, changes nothing.
    expect(await of(one, definitionOf({ children: [lines] }))).toBe(digest);
  });

  it.each<[string, object, string]>([
    ['is no list', { tags: 'x' }, 'tags: is no list'],
    ['has a null in it', { tags: ['x', null] }, 'tags.1: is null'],
    [
      'has a value of another type',
      { order: { lines: [line('a'), line('b', 'many')] } },
      'order.lines.1.amount: a text that is not a value of type numeric',
    ],
    ['lacks a part of a key', { order: { lines: [{}] } }, 'order.lines.0.sku: is missing'],
    [
      'has two different elements of one key',
      { order: { lines: [line('a'), line('b'), line('a', 2)] } },
      'order.lines.2: has the key of another element, which is not the same',
    ],
  ])('reject it when its list %s, and leave nothing of it', async (_, lists, reason) => {
    const { copyText, records, children, rejects } = await map([
      order(1, { tags: ['ok'], ...lists }),
      order(2),
    ]);

    expect(rejects).toMatchObject([{ position: 0, code: 'RECORD_INVALID', reason }]);
    expect({ copyText, records, children }).toEqual({
      copyText: '2\t2024-01-31\t\\N\n',
      records: 1,
      children: ['', ''],
    });
  });

  it('stand behind the quality, and in front of what a schema contract adds', async () => {
    const definition = definitionOf(
      { quality: 'quality', contract: { columns: 'evolve' } },
      { transform: { rules: [{ field: 'day', rule: 'notNull', severity: 'warn' }] } },
    );

    const { copyText, contract } = await map(
      [order(1, { tags: ['x'], colour: 'red' })],
      definition,
    );

    // The lists are read, so they are no new columns.
    expect(contract?.columns).toEqual([{ kind: 'field', name: 'colour', type: 'text' }]);
    expect(copyText).toMatch(/^1\t2024-01-31\t100\t[0-9a-f]{16}\tred\n$/);
  });

  it('of a record that its contract rejects are not loaded', async () => {
    const definition = definitionOf({ contract: { columns: 'freeze' } });

    const { children, rejects } = await map([order(1, { tags: ['x'], colour: 'red' })], definition);

    expect(rejects).toHaveLength(1);
    expect(children).toEqual(['', '']);
  });

  it('reject it when a part would carry more text than a message may', async () => {
    const many = Array.from({ length: 20_000 }, (_, at) => `${at}`);
    const wide = (id: number) => ({ ...order(id, { tags: many }), name: 'n'.repeat(200) });
    const definition = definitionOf({
      fields: { id: { type: 'bigint' }, day: { type: 'date' }, name: { type: 'text' } },
      children: [{ ...tags, parent: { ...tags.parent, name: 'name' } }],
    });

    const { children, rejects, records } = await map([wide(1), wide(2), order(3)], definition);

    expect(rejects).toMatchObject([
      {
        position: 1,
        code: 'RECORD_TOO_LARGE',
        reason: expect.stringMatching(/^20000 children have/),
      },
    ]);
    expect(records).toBe(2);
    expect(children?.[0]?.length).toBeLessThan(8 * 1024 * 1024);
  });

  it('come from parsed records only', () => {
    const { children: _children, ...plain } = definitionOf().target as Target;

    expect(compileTextMapping(definitionOf())).toBeUndefined();
    expect(
      compileTextMapping(Definition.parse({ ...definitionOf(), target: plain })),
    ).toBeDefined();
  });
});
