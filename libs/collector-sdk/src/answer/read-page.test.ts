import { expect, test } from 'vitest';
import { HttpDefinition } from '../definition/definition.ts';
import { readPage } from './read-page.ts';

const definition = HttpDefinition.parse({
  name: 'wb',
  source: { name: 'wb', baseUrl: 'http://127.0.0.1' },
  request: { path: '/x', records: '1', errorAt: '0.message' },
  incremental: { kind: 'periods', unit: 'year', from: '2000', signal: '0.lastupdated' },
  target: { kind: 'raw', table: 't' },
});

test('records and signal are read from where the definition says', () => {
  const read = readPage(definition, '[{"lastupdated":"2026-07-13"},[{"id":1}]]');

  expect(read).toMatchObject({ page: { records: [{ id: 1 }], signal: '2026-07-13' } });
});

test('null in the place of the records is an empty page', () => {
  expect(readPage(definition, '[{"pages":0},null]')).toMatchObject({ page: { records: [] } });
});

test.each([
  ['[{"message":[{"id":"120"}]}]', 'SOURCE_REJECTED', false],
  ['[{"pages":1}]', 'RESPONSE_INVALID', true],
  ['[{"pages":1},"text"]', 'RESPONSE_INVALID', true],
  ['<wb:error/>', 'RESPONSE_INVALID', true],
  ['', 'RESPONSE_INVALID', true],
])('%s is refused with %s', (text, code, flaky) => {
  expect(readPage(definition, text)).toMatchObject({ refusal: { code, flaky } });
});
