import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { runInTest } from './run-in-test.ts';
import { startCli } from './start-cli.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-cli-'));
});

afterEach(async () => {
  await rm(folder, { recursive: true });
});

const write = (file: string, text: string) => writeFile(join(folder, file), text);
const collectors = (...args: string[]) => runInTest(['collectors', ...args], {}, folder);

test('new writes a file that check takes as it is, and does not touch one that is there', async () => {
  const made = await collectors('new', 'my-api', '--pages', 'cursor');
  const checked = await collectors('check', 'my-api.yaml');
  await write('my-api.yaml', 'mine\n');
  const again = await collectors('new', 'my-api');
  const json = await collectors('new', 'other', '--json');

  expect(made).toMatchObject({ code: 0, out: 'my-api.yaml\n' });
  expect(checked).toMatchObject({ code: 0, out: 'my-api.yaml: good (my-api)\n' });
  expect(again).toMatchObject({ code: 1, out: '' });
  expect(JSON.parse(json.out)).toEqual({ name: 'other', file: 'other.yaml' });
  expect(again.err).toContain('is there already');
  expect(await readFile(join(folder, 'my-api.yaml'), 'utf8')).toBe('mine\n');
});

test('check tells file, line and path of every mistake and fails', async () => {
  await mkdir(join(folder, 'defs'));
  await collectors('new', 'one', '--folder', 'defs');
  await write('defs/two.yml', 'extends: world-bank\nname: one\nrequest:\n  path: /{indictor}\n');
  await write('defs/.hidden.yaml', 'not read');
  await write('defs/notes.txt', 'not read');

  const shown = await collectors('check', 'defs');
  const json = await collectors('check', 'defs', 'defs/two.yml', '--json');

  expect(shown.code).toBe(1);
  expect(shown.out.trimEnd().split('\n')).toEqual([
    'defs/one.yaml: good (one)',
    'defs/two.yml:2: name: defs/one.yaml defines "one" too',
    expect.stringMatching(/^defs\/two\.yml:4: request\.path: there is no variable "indictor"/),
  ]);
  expect(shown.err).toContain('2 definitions checked, 2 mistakes found.');
  expect(json.code).toBe(1);
  expect(JSON.parse(json.out)).toMatchObject([
    { file: 'defs/two.yml', line: 2, path: 'name' },
    { file: 'defs/two.yml', line: 4, path: 'request.path' },
  ]);
});

test('without a path the folder of the services is checked, as it is set or as npm start has it', async () => {
  const none = await collectors('check');
  await mkdir(join(folder, '.tidemark', 'collectors'), { recursive: true });
  await write('.tidemark/collectors/a.yaml', 'extends: world-bank\n');
  const local = await collectors('check');
  await mkdir(join(folder, 'other'));
  const set = await runInTest(
    ['collectors', 'check', '--json'],
    { TIDEMARK_COLLECTORS_DIR: 'other' },
    folder,
  );

  expect(none).toMatchObject({ code: 2, out: '' });
  expect(none.err).toContain('TIDEMARK_COLLECTORS_DIR');
  expect(local).toMatchObject({
    code: 0,
    out: expect.stringMatching(/a\.yaml: good \(world-bank\)/),
  });
  expect(set).toMatchObject({
    code: 0,
    out: '[]\n',
    err: expect.stringContaining('0 definitions'),
  });
});

test.each([
  [['check', 'missing.yaml'], /missing\.yaml is not there/],
  [['new', 'x', '--folder', 'missing'], /folder missing is not there/],
  [['new', 'world-bank'], /built-in collector.*extends: world-bank/],
  [['new', 'Big Name'], /no name of a collector/],
  [['new', 'x', '--pages', 'pile'], /Allowed choices are none, page, offset, cursor/],
  [['new', 'x', '--source', 'postgres', '--pages', 'page'], /--pages is for APIs/],
  [['new', 'x', '--source', 'postgres', '--strategy', 'token'], /cursor, snapshot or full/],
])('%j makes no sense: exit code 2', async (args, says) => {
  const result = await collectors(...args);

  expect(result).toMatchObject({ code: 2, out: '' });
  expect(result.err).toMatch(says);
});

test('as a process the command ends by itself, with an exit code that says how it went', async () => {
  await write('bad.yaml', 'extends: nothing\n');
  const [made, bad, wrong] = await Promise.all([
    startCli(['collectors', 'new', 'my-api'], folder),
    startCli(['collectors', 'check', 'bad.yaml'], folder),
    startCli(['collectors', 'check', 'missing.yaml'], folder),
  ]);

  expect(made).toMatchObject({ code: 0, out: 'my-api.yaml\n' });
  expect(bad).toMatchObject({ code: 1, out: expect.stringMatching(/^bad\.yaml:1: extends: /) });
  expect(wrong).toMatchObject({ code: 2, out: '' });
});
