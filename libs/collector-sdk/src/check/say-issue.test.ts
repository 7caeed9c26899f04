import { expect, test } from 'vitest';
import { checkDefinition } from '../check.ts';

function mistakesOf(definition: object): string[] {
  const checked = checkDefinition(definition, []);
  return 'mistakes' in checked
    ? checked.mistakes.map(({ path, message }) => `${path}: ${message}`)
    : [];
}

const http = { name: 'shop', baseUrl: 'https://shop.example.com' };

test.each([
  [{ name: 'x' }, 'source: is missing: it must be an object with keys'],
  [{ source: { ...http, kind: 'ftp' } }, 'source.kind: must be one of http, postgres'],
  [{ request: { path: 3 } }, 'request.path: must be a text'],
  [
    { incremental: { kind: 'cursor', start: '2024' } },
    'incremental.field: is missing: it must be a text',
  ],
  [{ target: { kind: 'table', table: 't', key: 'id', fields: {} } }, 'target.key: must be a list'],
  [
    { target: { kind: 'table', table: 't', key: ['id'], fields: [] } },
    'target.fields: must be an object with keys',
  ],
  [
    { incremental: { kind: 'cursor', field: 'f', start: '2024', nulls: 'keep' } },
    'incremental.nulls: must be one of include, reject, quarantine, skip',
  ],
])('%j: %s', (definition, mistake) => {
  expect(mistakesOf(definition)).toContain(mistake);
});
