import { expect, test } from 'vitest';
import { readLoudLine } from './read-loud-line.ts';

test.each([
  ['an info line is for the file only', '{"level":"info","msg":"ready"}', undefined],
  ['an empty line says nothing', '  ', undefined],
  ['a warning is shown as a sentence', '{"level":"warn","msg":"slow"}', 'warn: slow'],
  [
    'an error is shown with its reason',
    '{"level":"error","msg":"cannot load","err":{"message":"no table"}}',
    'error: cannot load: no table',
  ],
  ['what is no log line is shown as it is', 'SyntaxError: oh', 'SyntaxError: oh'],
  ['a bare JSON value is no log line', '7', '7'],
])('%s', (_, line, shown) => {
  expect(readLoudLine(line)).toBe(shown);
});
