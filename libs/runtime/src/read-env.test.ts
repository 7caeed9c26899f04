import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import { TerminalError } from './errors.ts';
import { readEnv } from './read-env.ts';

const schema = z.object({
  DATABASE_URL: z.url(),
  LANES: z.coerce.number().int().positive().default(4),
  MODE: z.enum(['a', 'b']).default('a'),
});

test('settings come out in their types, with defaults, and nothing else of the environment', () => {
  const env = { DATABASE_URL: 'postgres://h/d', LANES: '7', HOME: '/root' };

  expect(readEnv(schema, env)).toEqual({ DATABASE_URL: 'postgres://h/d', LANES: 7, MODE: 'a' });
});

test('every mistake is reported at once and no value is repeated', () => {
  const failure = failureOf({ DATABASE_URL: 'hunter2', LANES: '-1', MODE: 'c' });

  expect(failure.code).toBe('CONFIG_INVALID');
  expect(failure.message).toMatch(/DATABASE_URL: [\s\S]*LANES: [\s\S]*MODE: /);
  expect(failure.message).not.toContain('hunter2');
});

test.each([{}, { DATABASE_URL: '' }])(
  'a required setting that is missing or empty says so',
  (env) => {
    expect(failureOf(env).message).toContain('DATABASE_URL: is not set');
  },
);

test('an empty value takes the default', () => {
  expect(readEnv(schema, { DATABASE_URL: 'postgres://h/d', LANES: '' }).LANES).toBe(4);
});

test('a setting may stand in a file, whose last line has an end; the setting itself comes first', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-settings-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'url');
  writeFileSync(file, 'postgres://u:p@h/d\n');

  expect(readEnv(schema, { DATABASE_URL_FILE: file }).DATABASE_URL).toBe('postgres://u:p@h/d');
  const both = { DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://h/other' };
  expect(readEnv(schema, both).DATABASE_URL).toBe('postgres://h/other');
  writeFileSync(file, 'hunter2');
  expect(failureOf({ DATABASE_URL_FILE: file }).message).toMatch(/DATABASE_URL: (?!is not set)/);
  expect(failureOf({ DATABASE_URL_FILE: file }).message).not.toContain('hunter2');
  expect(failureOf({ DATABASE_URL_FILE: join(folder, 'none') }).message).toMatch(
    /DATABASE_URL_FILE: the file .*none cannot be read/,
  );
});

function failureOf(env: NodeJS.ProcessEnv): TerminalError {
  try {
    readEnv(schema, env);
  } catch (error) {
    if (error instanceof TerminalError) return error;
  }
  throw new Error('the settings were accepted');
}
