import { expect, test } from 'vitest';
import { cursorToDigits, digitsToCursor } from '../cursor-format.ts';
import { CursorFormat } from '../definition/cursor-format.ts';
import { Definition } from '../definition/definition.ts';
import { askedRange } from './asked-range.ts';

function definitionOf(incremental: object) {
  return Definition.parse({
    name: 'orders',
    source: { name: 'shop', baseUrl: 'https://shop.example' },
    request: { path: '/orders' },
    incremental,
    target: { kind: 'raw', table: 't' },
  });
}

const cursor = { kind: 'cursor', field: 'at', from: 'since', start: '2020-01-01' };

test.each([
  ['iso', 'UTC', '2024-05-01T10:00:00Z', '2024-05-01T11:00:00.999999Z'],
  ['epoch-s', 'UTC', '2024-05-01T10:00:00Z', '2024-05-01T11:00:01.999999Z'],
  ['epoch-ms', 'UTC', '2024-05-01T10:00:00.123Z', '2024-05-01T11:00:00.500999Z'],
  ['date', 'UTC', '2024-05-01T00:00:00Z', '2024-05-02T23:59:59.999999Z'],
  ['dd/MM/yyyy', 'America/Sao_Paulo', '2024-05-01T03:00:00Z', '2024-05-03T02:59:59.999999Z'],
])('%s asks for whole units of its own, in %s', (format, zone, from, to) => {
  const window = {
    from: cursorToDigits('2024-05-01T10:00:00.123456Z', 'iso'),
    to: cursorToDigits('2024-05-01T11:00:00.5Z', 'iso'),
  };

  const range = askedRange(definitionOf({ ...cursor, format, zone }), window);

  expect([range?.from, range?.to].map((end) => end && digitsToCursor(end, 'iso'))).toEqual([
    from,
    to,
  ]);
});

test('the day on which clocks are set back is asked for whole', () => {
  const zone = 'Europe/Berlin';
  const window = { from: null, to: cursorToDigits('2024-10-26T22:00:00Z', 'iso') };

  const range = askedRange(definitionOf({ ...cursor, format: 'date', zone }), window);

  expect(range?.from).toBeNull();
  expect(digitsToCursor(range?.to ?? '', 'iso')).toBe('2024-10-27T22:59:59.999999Z');
});

const zones = ['UTC', 'Europe/Berlin', 'America/Sao_Paulo', 'Australia/Lord_Howe'];

test.each(
  CursorFormat.options
    .filter((format) => format !== 'integer')
    .flatMap((format) => zones.map((zone) => [format, zone] as const)),
)('%s in %s holds the window, all year round', (format, zone) => {
  const definition = definitionOf({ ...cursor, format, zone });
  const start = BigInt(cursorToDigits('2018-01-01T00:00:00.123456Z', 'iso'));
  for (let hours = 0n; hours < 8_760n; hours += 7n) {
    const from = start + hours * 3_600_000_000n;
    const to = from + 5_400_000_001n;

    const range = askedRange(definition, { from: from.toString(), to: to.toString() });

    expect(BigInt(range?.from ?? 0) <= from && BigInt(range?.to ?? 0) >= to).toBe(true);
  }
});

test('integers are as they are', () => {
  const definition = definitionOf({ ...cursor, unit: 'integer', format: 'integer', start: '0' });

  expect(askedRange(definition, { from: '7', to: null })).toEqual({ from: '7', to: null });
});

test('where nothing is asked by a window there is none', () => {
  expect(askedRange(definitionOf(cursor), null)).toBeUndefined();
  expect(askedRange(definitionOf(cursor), { from: null, to: null })).toBeUndefined();
  expect(askedRange(definitionOf({ kind: 'full' }), { from: '1', to: '2' })).toBeUndefined();
});
