import { defineCollector } from '@tidemark/collector-sdk/define';
import { expect, test } from 'vitest';
import { toCandidates } from './read-candidates.ts';

const builtIn = defineCollector({
  name: 'things',
  source: { name: 'src', baseUrl: 'https://example.org' },
  request: { path: '/things' },
  incremental: { kind: 'full' },
  target: { kind: 'raw', table: 'things' },
});

test('a file replaces the built-in of its name, and others are added', () => {
  const candidates = toCandidates(
    [builtIn],
    [
      { file: 'a.yaml', text: 'extends: things\ndescription: mine' },
      { file: 'b.yaml', text: 'extends: things\nname: more' },
    ],
  );

  expect(candidates.map(({ name, origin }) => [name, origin])).toEqual([
    ['things', 'a.yaml'],
    ['more', 'b.yaml'],
  ]);
});

test('two files for one collector are a mistake that names both', () => {
  const [candidate] = toCandidates(
    [],
    [
      { file: 'a.yaml', text: 'name: same' },
      { file: 'b.yaml', text: 'name: same' },
    ],
  );

  expect(candidate?.content).toEqual({
    mistakes: [{ path: 'name', message: 'a.yaml and b.yaml both define "same"' }],
  });
});

test.each([
  ['My Things.yaml', 'my-things'],
  ['__.yaml', 'unnamed'],
])('a file without a usable name is listed by its own: %s', (file, name) => {
  expect(toCandidates([], [{ file, text: 'name: "NOT USABLE"' }])[0]?.name).toBe(name);
});
