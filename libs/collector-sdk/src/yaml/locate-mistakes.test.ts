import { expect, test } from 'vitest';
import { locateMistakes } from './locate-mistakes.ts';
import { readYamlDefinition } from '../load-yaml.ts';

const text = `# an example
name: things
source:
  name: src
  baseUrl: nowhere
request:
  path: /x
  query:
    a: '{a}'
    a.b: '{b}'
partitions:
  - { n: 1 }
  - n: 1
target: { kind: raw, table: t,
  colour: blue }
`;

const lineOf = (path: string, yaml = text): number | undefined =>
  locateMistakes(yaml, [{ path, message: 'm' }])[0]?.line;

test.each([
  ['name', 2],
  ['source', 3],
  ['source.baseUrl', 5],
  ['request.query.a', 9],
  ['request.query.a.b', 10],
  ['partitions.1', 13],
  ['partitions.1.n', 13],
  ['target.colour', 15],
])('the path %s is on line %d', (path, line) => {
  expect(lineOf(path)).toBe(line);
});

test.each([
  ['source.rate.per', 3],
  ['request.query.missing', 8],
  ['partitions.7', 11],
  ['schedule.cron', 2],
  ['', 2],
])('what is not there is told where it belongs: %s on line %d', (path, line) => {
  expect(lineOf(path)).toBe(line);
});

test('what comes from an extended definition is told at the line that extends it', () => {
  expect(lineOf('target.key.0', 'name: x\nextends: things\npartitions: [{}]\n')).toBe(2);
});

test('an alias leads to what it stands for', () => {
  const yaml = 'a: &shared\n  x: 1\n  y: 2\nb: *shared\nc: 3\n';

  expect(lineOf('b.y', yaml)).toBe(3);
  expect(lineOf('b', yaml)).toBe(4);
});

test('mistakes come in the order of the lines', () => {
  const located = locateMistakes(text, [
    { path: 'target.colour', message: 'late' },
    { path: 'name', message: 'early' },
  ]);

  expect(located.map(({ message }) => message)).toEqual(['early', 'late']);
});

test('what is not YAML is told at its line', () => {
  const broken = 'name: x\nsource: [a\ntarget: b: c\n';
  const reading = readYamlDefinition(broken, []);
  const mistakes = 'mistakes' in reading ? reading.mistakes : [];

  const [first] = locateMistakes(broken, mistakes);
  expect(first?.message).toContain(`line ${first?.line}`);
});

test.each(['', '# only talk\n', 'just text', '- a\n- b'])('%j has a first line', (yaml) => {
  expect(lineOf('source.name', yaml)).toBeGreaterThanOrEqual(1);
});
