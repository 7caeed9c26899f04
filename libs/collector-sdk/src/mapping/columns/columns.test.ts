import { parseExact } from '../../answer/parse-exact.ts';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { converterOf, type FieldType, type InstantFormat } from './convert.ts';
import { copyText, NULL_TEXT } from './copy-text.ts';

const NOT = undefined;
const NULL = NULL_TEXT;

type Case = readonly [value: unknown, text: string | undefined];

function table(type: FieldType, cases: readonly Case[], format: InstantFormat = 'iso'): void {
  it.each(cases)(`${type} ${format}: %j`, (value, text) => {
    expect(converterOf(type, format)(value)).toBe(text);
  });
}

const exact = (text: string): unknown => parseExact(`[${text}]`)?.[0 as never];

describe('values that stand for nothing', () => {
  const nothing = [
    null,
    undefined,
    '',
    '  ',
    'NaN',
    'nan',
    'NaT',
    'Infinity',
    '-Infinity',
    '+inf',
    Number.NaN,
    Infinity,
  ];
  for (const type of [
    'bigint',
    'numeric',
    'boolean',
    'date',
    'timestamptz',
    'jsonb',
    'text[]',
    'uuid',
  ] as const) {
    table(
      type,
      nothing.map((value): Case => [value, NULL]),
    );
  }
  table(
    'timestamptz',
    nothing.map((value): Case => [value, NULL]),
    'epoch-ms',
  );
});

describe('text keeps what it is given', () => {
  table('text', [
    ['', ''],
    ['NaN', 'NaN'],
    ['Infinity', 'Infinity'],
    [null, NULL],
    [undefined, NULL],
    [String.raw`\N`, String.raw`\\N`],
    ['a\tb\nc\rd\\e', String.raw`a\tb\nc\rd\\e`],
    ['a\0b', 'ab'],
    ['ação 🌊', 'ação 🌊'],
    [12.5, '12.5'],
    [true, 'true'],
    [exact('12345678901234567890'), '12345678901234567890'],
    [{ a: 1 }, NOT],
    [['a'], NOT],
  ]);
});

describe('whole numbers of 64 bits', () => {
  table('bigint', [
    [0, '0'],
    [-7, '-7'],
    ['42', '42'],
    [' +42 ', '42'],
    ['-0042', '-0042'],
    [9_007_199_254_740_991, '9007199254740991'],
    [exact('9007199254740993'), '9007199254740993'],
    [exact('9223372036854775807'), '9223372036854775807'],
    ['-9223372036854775808', '-9223372036854775808'],
    ['9223372036854775808', NOT],
    [exact('-9223372036854775809'), NOT],
    [1e18, '1000000000000000000'],
    [1e19, NOT],
    ['5.00', '5'],
    [1.5, NOT],
    ['1.5', NOT],
    ['abc', NOT],
    [true, NOT],
    [{}, NOT],
  ]);
});

describe('decimals, digit for digit', () => {
  table('numeric', [
    [
      exact('123456789012345678901234567890.123456789012345678'),
      '123456789012345678901234567890.123456789012345678',
    ],
    [exact('0.1000000000000000055511151231257827'), '0.1000000000000000055511151231257827'],
    ['-.5', '-.5'],
    ['1e3', '1e3'],
    [0.1, '0.1'],
    [1e-7, '1e-7'],
    ['1.234,56', NOT],
    ['12 000', NOT],
    ['0x10', NOT],
    [false, NOT],
  ]);
});

describe('booleans', () => {
  table('boolean', [
    [true, 't'],
    [false, 'f'],
    ['TRUE', 't'],
    ['no', 'f'],
    [1, 't'],
    [0, 'f'],
    ['0', 'f'],
    [2, NOT],
    ['constructor', NOT],
    [[], NOT],
  ]);
});

describe('instants, exact to the microsecond', () => {
  table('timestamptz', [
    ['2024-01-31T12:00:00Z', '2024-01-31T12:00:00Z'],
    ['2024-01-31 12:00:00.123456Z', '2024-01-31 12:00:00.123456Z'],
    ['2024-02-29T23:59:59.999999+05:30', '2024-02-29T23:59:59.999999+05:30'],
    ['2024-01-31T12:00:00.123456789Z', '2024-01-31T12:00:00.123456Z'],
    ['2024-01-31T12:00:00,5-0330', '2024-01-31T12:00:00.5-0330'],
    ['2024-01-31T12:00 UTC', '2024-01-31T12:00Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:60Z'],
    ['2024-01-31T12:00:00', NOT],
    ['2024-01-31', NOT],
    ['2023-02-29T00:00:00Z', NOT],
    ['2024-13-01T00:00:00Z', NOT],
    ['2024-01-31T24:00:00Z', NOT],
    ['0000-01-01T00:00:00Z', NOT],
    ['2024-01-31T12:00:00+16:00', NOT],
    ['2024-01-31T12:00:00.Z', NOT],
    ['31/01/2024', NOT],
    [1_700_000_000, NOT],
  ]);
  table(
    'timestamptz',
    [
      [1_700_000_000, '2023-11-14 22:13:20+00'],
      ['1700000000.123456', '2023-11-14 22:13:20.123456+00'],
      [exact('1700000000.1234567'), '2023-11-14 22:13:20.123456+00'],
      [-0.5, '1969-12-31 23:59:59.500000+00'],
      ['-0.0000001', '1969-12-31 23:59:59.999999+00'],
      ['soon', NOT],
      [true, NOT],
      [1e15, NOT],
    ],
    'epoch-s',
  );
  table(
    'timestamptz',
    [
      [1_700_000_000_123, '2023-11-14 22:13:20.123000+00'],
      [exact('1700000000123.456789'), '2023-11-14 22:13:20.123456+00'],
    ],
    'epoch-ms',
  );
  table(
    'timestamptz',
    [
      [1_700_000_000_123_456, '2023-11-14 22:13:20.123456+00'],
      ['253402300799999999', '9999-12-31 23:59:59.999999+00'],
      ['253402300800000000', NOT],
    ],
    'epoch-us',
  );
});

describe('days', () => {
  table('date', [
    ['2024-02-29', '2024-02-29'],
    ['2024-01-31T23:00:00-05:00', '2024-01-31'],
    ['2023-02-29', NOT],
    ['2024-1-1', NOT],
    ['20240131', NOT],
    [20_240_131, NOT],
  ]);
  table(
    'date',
    [
      [1_700_000_000, '2023-11-14'],
      [-1, '1969-12-31'],
    ],
    'epoch-s',
  );
});

describe('composed values', () => {
  table('jsonb', [
    [{ a: [1, 'x', null] }, '{"a":[1,"x",null]}'],
    [exact('{"id":12345678901234567890}'), '{"id":12345678901234567890}'],
    [{ a: 'x\0y' }, '{"a":"xy"}'],
    [{ a: String.raw`\u0000` }, String.raw`{"a":"\\\\u0000"}`],
    [{ a: '\ud800' }, '{"a":"\ufffd"}'],
    [{ a: 'line\nend' }, String.raw`{"a":"line\\nend"}`],
    [false, 'false'],
    ['word', '"word"'],
  ]);
  table('text[]', [
    [[], '{}'],
    [
      ['a', 'b,c', '', null, 'say "x"', String.raw`\ `],
      String.raw`{"a","b,c","",NULL,"say \\"x\\"","\\\\ "}`,
    ],
    [[1, true], '{"1","true"}'],
    [['a', ['b']], NOT],
    ['a', NOT],
  ]);
  table('uuid', [
    ['3F2504E0-4F89-41D3-9A0C-0305E82C3301', '3F2504E0-4F89-41D3-9A0C-0305E82C3301'],
    ['3f2504e04f8941d39a0c0305e82c3301', '3f2504e04f8941d39a0c0305e82c3301'],
    ['3f2504e0', NOT],
    [7, NOT],
  ]);
});

describe('the text format', () => {
  // What PostgreSQL's documentation says of reading it.
  const read = (field: string): string =>
    field.replace(
      /\\(.)/gs,
      (_match, letter: string) => ({ t: '\t', n: '\n', r: '\r' })[letter] ?? letter,
    );

  it('gives back every text but for U+0000, and never breaks a line or a field', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const field = copyText(text);
        expect(field).not.toMatch(/[\t\n\r\0]/);
        expect(field).not.toBe(NULL_TEXT);
        expect(read(field)).toBe(text.replaceAll('\0', ''));
      }),
    );
  });
});

describe('arrays', () => {
  it.each([
    ['bigint[]', [1, '2', null, 'NaN'], '{"1","2",NULL,NULL}'],
    ['numeric[]', [1.5, '2.50'], '{"1.5","2.50"}'],
    ['boolean[]', [true, 'no'], '{"t","f"}'],
    ['date[]', ['2024-01-31T10:00:00Z'], '{"2024-01-31"}'],
    ['timestamptz[]', ['2024-01-31T10:00:00Z', null], '{"2024-01-31T10:00:00Z",NULL}'],
    [
      'uuid[]',
      ['6ba7b810-9dad-11d1-80b4-00c04fd430c8'],
      '{"6ba7b810-9dad-11d1-80b4-00c04fd430c8"}',
    ],
    ['bigint[]', [], '{}'],
    ['bigint[]', null, '\\N'],
    ['bigint[]', [[1]], undefined],
    ['bigint[]', ['x'], undefined],
    ['bigint[]', 1, undefined],
  ] as const)('%s of %j', (type, value, text) => {
    expect(converterOf(type, 'iso')(value)).toBe(text);
  });
});
