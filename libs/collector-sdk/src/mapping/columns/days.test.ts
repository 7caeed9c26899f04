import { expect, test } from 'vitest';
import { converterOf } from './convert.ts';

test.each([
  ['dd/MM/yyyy', '02/01/2024', '2024-01-02'],
  ['dd/MM/yyyy', ' 29/02/2024 ', '2024-02-29'],
  ['dd-MM-yyyy', '02-01-2024', '2024-01-02'],
  ['MM/dd/yyyy', '02/01/2024', '2024-02-01'],
  ['yyyyMMdd', '20240201', '2024-02-01'],
  ['yyyyMMdd', 20_240_201, '2024-02-01'],
  ['date', '2024-02-01', '2024-02-01'],
  ['dd/MM/yyyy', '', String.raw`\N`],
  ['dd/MM/yyyy', null, String.raw`\N`],
] as const)('a day as %s: %j is %s', (format, value, expected) => {
  expect(converterOf('date', format)(value)).toBe(expected);
});

test.each([
  ['dd/MM/yyyy', '2024-01-02'],
  ['dd/MM/yyyy', '30/02/2024'],
  ['dd/MM/yyyy', '01/01/0000'],
  ['dd/MM/yyyy', '02/01/2024 10:00'],
  ['MM/dd/yyyy', '13/01/2024'],
  ['dd/MM/yyyy', true],
] as const)('as %s there is no day %j', (format, value) => {
  expect(converterOf('date', format)(value)).toBeUndefined();
});

test('an instant is not made of a day', () => {
  expect(() => converterOf('timestamptz', 'dd/MM/yyyy')).toThrow(/make the field a date/);
});
