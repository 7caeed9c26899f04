import { defineCollector } from '@tidemark/collector-sdk/define';
import { expect, test } from 'vitest';
import { checkFiles } from './check-files.ts';

const builtIn = defineCollector({
  name: 'things',
  source: { name: 'src', baseUrl: 'https://example.org' },
  partitions: [{ indicator: 'A' }],
  request: { path: '/{indicator}' },
  incremental: { kind: 'full' },
  target: { kind: 'raw', table: 'things' },
});
const known = { definitions: [builtIn], functions: { flatten: () => ({}) } };

const good = `name: good
source: { name: src, baseUrl: https://example.org }
request: { path: /x }
incremental: { kind: full }
target: { kind: raw, table: good }
`;

const check = (text: string) => checkFiles([{ file: 'a.yaml', text }], known)[0];
const places = (text: string) => check(text)?.mistakes.map(({ line, path }) => `${line} ${path}`);

test('a good file has its name and no mistake', () => {
  expect(check(good)).toEqual({ file: 'a.yaml', name: 'good', mistakes: [] });
  expect(check('extends: things\n')).toMatchObject({ name: 'things', mistakes: [] });
});

test('all mistakes come with their lines, those of form and those between fields', () => {
  const text = `name: Not Good
source:
  name: src
  baseUrl: example.org
  color: red
request:
  path: /{indictor}
  query:
    d: '{from}'
incremental:
  kind: full
transform: { function: unknown }
target: { kind: raw }
schedule:
  cron: every day
`;

  expect(places(text)).toEqual([
    '1 name',
    '4 source.baseUrl',
    '5 source.color',
    '7 request.path',
    '9 request.query.d',
    '12 transform.function',
    '13 target.table',
    '15 schedule.cron',
  ]);
});

test('a mistake of form hides none of the mistakes beside it, in its section or in another', () => {
  const text = `name: good
source: { name: src, baseUrl: https://example.org }
request:
  path: 5
  query: { a: '{nobody}' }
incremental:
  kind: cursor
  field: at
  from: since
  start: long ago
  lookback: soon
  size: 0s
target:
  kind: table
  table: 7
  key: [id, nothing]
  version: none
  fields:
    id: { type: big }
    at: { type: text }
`;

  expect(places(text)).toEqual([
    '4 request.path',
    '5 request.query.a',
    '10 incremental.start',
    '11 incremental.lookback',
    '12 incremental.size',
    '12 incremental.size',
    '15 target.table',
    '16 target.key.1',
    '17 target.version',
    '19 target.fields.id.type',
    '20 target.fields.at.type',
  ]);
});

test('a mistake in what is extended is told at the line that extends', () => {
  expect(places('# mine\nextends: things\nname: mine\npartitions: [{ other: 1 }]\n')).toEqual([
    '2 request.path',
  ]);
});

test('an unknown base and an unknown function are told with what there is', () => {
  expect(check('name: x\nextends: thing\n')?.mistakes).toEqual([
    { line: 2, path: 'extends', message: expect.stringContaining('there are: things') },
  ]);
  expect(check(`${good}transform: { function: flaten }\n`)?.mistakes).toEqual([
    { line: 6, path: 'transform.function', message: expect.stringContaining('flatten') },
  ]);
});

test('a function and a base that exist are no mistake', () => {
  expect(places('extends: things\nname: x\ntransform: { function: flatten }\n')).toEqual([]);
});

test('two files with one name are a mistake of the second that names the first', () => {
  const files = [
    { file: 'a.yaml', text: good },
    { file: 'b.yaml', text: `# again\n${good}` },
    { file: 'c.yaml', text: 'extends: things\n' },
    { file: 'd.yaml', text: 'description: the base gives the name\nextends: things\n' },
  ];

  expect(
    checkFiles(files, known).flatMap(({ file, mistakes }) =>
      mistakes.map((each) => ({ file, ...each })),
    ),
  ).toEqual([
    { file: 'b.yaml', line: 2, path: 'name', message: 'a.yaml defines "good" too' },
    { file: 'd.yaml', line: 2, path: 'name', message: 'c.yaml defines "things" too' },
  ]);
});

test('what is not YAML is told at its line', () => {
  expect(check('name: x\nsource: {\n')?.mistakes[0]).toMatchObject({
    line: 3,
    message: expect.stringContaining('not YAML'),
  });
});

test.each(['', '# nothing yet\n', 'just text'])(
  '%j is no definition, and line 1 says so',
  (text) => {
    expect(check(text)).toMatchObject({ name: undefined, mistakes: [{ line: 1 }] });
  },
);
