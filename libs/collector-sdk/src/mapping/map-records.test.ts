import { parseExact } from '../answer/parse-exact.ts';
import { Definition, type DefinitionInput } from '../definition/definition.ts';
import { TerminalError, TransientError } from '@tidemark/runtime';
import { describe, expect, it } from 'vitest';
import { canonicalJson, omittedPlaces } from './canonical-json.ts';
import { compileMapping, type RecordFunction } from './map-records.ts';
import { compilePath } from './record-path.ts';

type Target = DefinitionInput['target'];

const table: Target = {
  kind: 'table',
  table: 'people',
  key: ['id'],
  fields: {
    id: { type: 'bigint' },
    name: { type: 'text', path: 'who.name', required: true },
    tier: { type: 'text', default: 'none' },
    score: { type: 'numeric' },
  },
};

function mapping(target: Target, functions: Record<string, RecordFunction> = {}, name?: string) {
  const definition = Definition.parse({
    name: 'people',
    source: { name: 'crm', baseUrl: 'https://crm.example' },
    request: { path: '/people' },
    incremental: { kind: 'full' },
    target,
    ...(name === undefined ? {} : { transform: { function: name } }),
  });
  return compileMapping(definition, functions);
}

const person = (id: unknown, name: unknown = 'Ana'): Record<string, unknown> => ({
  id,
  who: { name },
});

describe('a typed table', () => {
  it('gets one line per record, columns in their declared order, defaults for what is absent', async () => {
    const { copyText, records, rejects } = await mapping(table)([
      person(1),
      { ...person(2, 'a\tb'), tier: 'gold', score: 1.5 },
    ]);
    expect(copyText).toBe('1\tAna\tnone\t\\N\n2\ta\\tb\tgold\t1.5\n');
    expect({ records, rejects }).toEqual({ records: 2, rejects: [] });
  });

  it('rejects a record with its place, the field and its own text, and maps the others', async () => {
    const bad = [
      person('abc'),
      person(null),
      person(3, null),
      { id: 4, who: { name: 'x' }, score: 'many' },
    ];
    const { copyText, rejects } = await mapping(table)([person(0), ...bad, null]);
    expect(copyText).toBe('0\tAna\tnone\t\\N\n');
    expect(rejects.map(({ position, code, reason }) => [position, code, reason])).toEqual([
      [1, 'RECORD_INVALID', 'id: a text that is not a value of type bigint'],
      [2, 'RECORD_INVALID', 'id: is missing'],
      [3, 'RECORD_INVALID', 'name: is missing'],
      [4, 'RECORD_INVALID', 'score: a text that is not a value of type numeric'],
      [5, 'RECORD_INVALID', 'the record is null'],
    ]);
    expect(rejects[0]?.payload).toBe(JSON.stringify(bad[0]));
  });

  it('removes U+0000 from values of every type', async () => {
    const { copyText } = await mapping(table)([
      { ...person('\u00001', 'A\u0000na'), score: '\u0000' },
    ]);
    expect(copyText).toBe('1\tAna\tnone\t\\N\n');
  });

  it('cuts the text of a large reject, and of many together', async () => {
    const large = person('x', 'y'.repeat(100_000));
    const { rejects } = await mapping(table)(Array.from({ length: 40 }, () => large));
    expect(rejects[0]?.payload).toHaveLength(65_536);
    expect(rejects.reduce((sum, { payload }) => sum + payload.length, 0)).toBeLessThan(600_000);
  });

  it('maps an empty part to an empty part', async () => {
    expect(await mapping(table)([])).toMatchObject({ copyText: '', records: 0, rejects: [] });
  });

  it('refuses a definition whose default is not of its type', () => {
    const wrong: Target = { ...table, fields: { id: { type: 'bigint', default: 'first' } } };
    expect(() => mapping(wrong)).toThrow(TerminalError);
  });

  it('lets the event loop turn while it works', async () => {
    let turns = 0;
    const timer = setInterval(() => (turns += 1), 1);
    await mapping(table)(Array.from({ length: 300_000 }, (_, id) => person(id)));
    clearInterval(timer);
    expect(turns).toBeGreaterThan(1);
  });
});

describe('a function', () => {
  it('changes each record; one that throws is rejected with what it said', async () => {
    const rename: RecordFunction = (record) => {
      if (record['id'] === 2) throw new TypeError('no name');
      return { id: record['id'], who: { name: 'changed' } };
    };
    const { copyText, rejects } = await mapping(
      table,
      { rename },
      'rename',
    )([person(1), person(2)]);
    expect(copyText).toBe('1\tchanged\tnone\t\\N\n');
    expect(rejects).toEqual([
      {
        position: 1,
        code: 'TRANSFORM_FAILED',
        reason: 'TypeError: no name',
        payload: JSON.stringify(person(2)),
      },
    ]);
  });

  it('that this release does not have is waited for', () => {
    expect(() => mapping(table, {}, 'toString')).toThrow(TransientError);
  });
});

describe('a raw table', () => {
  const raw: Target = { kind: 'raw', table: 'raw', referenceDate: 'day', volatile: ['meta.at'] };

  it('gets hash, reference date and the payload digit for digit', async () => {
    const records = parseExact('[{"day":"2024-01-31","id":12345678901234567890}]') as unknown[];
    const { copyText } = await mapping(raw)(records);
    expect(copyText).toMatch(
      /^[0-9a-f]{64}\t2024-01-31\t\{"day":"2024-01-31","id":12345678901234567890\}\n$/,
    );
  });

  it('hashes what a record says, not how it is written or what differs in every answer', async () => {
    const hashes = async (...records: unknown[]): Promise<string[]> =>
      (await mapping(raw)(records)).copyText
        .split('\n')
        .slice(0, -1)
        .map((line) => line.slice(0, 64));
    const [one, same, other] = await hashes(
      { day: '2024-01-31', meta: { at: 1, by: 'x' } },
      { meta: { by: 'x', at: 2 }, day: '2024-01-31' },
      { day: '2024-01-31', meta: { at: 1, by: 'y' } },
    );
    expect(same).toBe(one);
    expect(other).not.toBe(one);
  });

  it('rejects a reference date that is none', async () => {
    expect((await mapping(raw)([{ day: 'soon' }])).rejects).toHaveLength(1);
  });
});

describe('canonical JSON', () => {
  it('sorts keys at every depth and leaves out what is declared', () => {
    const omitted = omittedPlaces(['b.0.x', 'c']);
    expect(canonicalJson({ c: 1, b: [{ y: 2, x: 1 }], a: { z: null, y: true } }, omitted)).toBe(
      '{"a":{"y":true,"z":null},"b":[{"y":2}]}',
    );
  });
});

describe('a path', () => {
  it.each([
    ['a', { a: 1 }, 1],
    ['a.b.0', { a: { b: [7] } }, 7],
    ['$', 5, 5],
    ['a.b', { a: null }, undefined],
    ['a.b.c', {}, undefined],
    ['constructor', {}, undefined],
    ['__proto__', {}, undefined],
    ['length', { length: 3 }, 3],
    ['a', 'text', undefined],
  ])('%s of %j', (path, record, value) => {
    expect(compilePath(path)(record)).toBe(value);
  });
});
