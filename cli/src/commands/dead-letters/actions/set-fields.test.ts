import { expect, test } from 'vitest';
import { UsageError } from '../../../cli-io.ts';
import { setFields } from './set-fields.ts';

test.each([
  ['a number as JSON', ['amount=12.5'], '{"id":1,"amount":12.5,"big":12345678901234567890}'],
  ['a text that is no JSON', ['amount=007'], '{"id":1,"amount":"007","big":12345678901234567890}'],
  [
    'a text that looks like a number',
    ['amount="7"'],
    '{"id":1,"amount":"7","big":12345678901234567890}',
  ],
  [
    'null, and a field that was not there',
    ['amount=null', 'a=b=c'],
    '{"id":1,"amount":null,"big":12345678901234567890,"a":"b=c"}',
  ],
])('a field is given %s, and other numbers keep their digits', (_what, assignments, expected) => {
  const payload = '{"id": 1, "amount": "x", "big": 12345678901234567890}';

  expect(setFields(payload, assignments)).toBe(expected);
});

test.each([
  ['no field', '{}', ['=1']],
  ['no value', '{}', ['amount']],
  ['a record that was cut', '{"id": 1, "te', ['id=2']],
  ['what is no object', '[1]', ['id=2']],
])('%s is wrong usage', (_what, payload, assignments) => {
  expect(() => setFields(payload, assignments)).toThrow(UsageError);
});
