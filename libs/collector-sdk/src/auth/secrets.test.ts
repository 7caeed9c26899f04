import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { readSecrets } from './secrets.ts';

const secrets = readSecrets({
  TIDEMARK_SECRET_KEY: 'p@ss word"1',
  TIDEMARK_SECRET_BOUND: 'bound-secret',
  TIDEMARK_SECRET_BOUND_HOSTS: 'api.example.com, other:8080',
  TIDEMARK_SECRET_LOGIN: 'user:hunter2',
  DATABASE_URL: 'postgres://never',
});
const url = new URL('http://api.example.com/x?a=1');

test('a secret that is not set is missing, whatever else the environment holds', () => {
  expect(() => secrets.must('DATABASE_URL', url)).toThrow(/TIDEMARK_SECRET_DATABASE_URL/);
});

test.each([
  ['http://api.example.com/', true],
  ['https://api.example.com:9/', true],
  ['http://other:8080/', true],
  ['http://other:8081/', false],
  ['http://api.example.com.evil.org/', false],
])('a bound secret for %s: %s', (url, allowed) => {
  const attempt = (): string => secrets.must('BOUND', new URL(url));

  if (allowed) expect(attempt()).toBe('bound-secret');
  else expect(attempt).toThrow(/bound to/);
});

test.each([
  ['http://127.0.0.1:8080/', true],
  ['http://localhost/', true],
  ['http://[::1]:1/', true],
  ['https://api.example.com/', false],
  ['http://10.0.0.1/', false],
  ['http://127.0.0.1.evil.org/', false],
])('a secret that is bound to no host for %s: %s', (target, allowed) => {
  const attempt = (): string => secrets.must('KEY', new URL(target));

  if (allowed) expect(attempt()).toBe('p@ss word"1');
  else expect(attempt).toThrow(/set TIDEMARK_SECRET_KEY_HOSTS=/);
});

test('what a secret brought is kept out of texts too, the newest of them', () => {
  const learning = readSecrets({});
  for (let i = 100; i < 160; i += 1) learning.learn(`token-${i}`);

  expect(learning.redact('Bearer token-159')).toBe('Bearer [redacted]');
  expect(learning.redact('Bearer token-100')).toBe('Bearer token-100');
});

test.each([
  'key=p@ss word"1.',
  'key=p%40ss%20word%221.',
  'key={"a":"p@ss word\\"1"}.',
  'Basic dXNlcjpodW50ZXIy',
  'password hunter2',
  'client_secret=p%40ss+word%221',
])('%s is told without the secret', (text) => {
  const redacted = secrets.redact(text);

  expect(redacted).toContain('[redacted]');
  expect(redacted).not.toMatch(/p@ss|p%40ss|hunter2|dXNl/);
});

test.each(['', 'a', 'ab', 'abc'])('behind "%s" it is found in base64 as well', (before) => {
  for (const secret of ['p@ss word"1', 'p%40ss+word%221', 'hunter2']) {
    const coded = Buffer.from(`${before}${secret} and after`).toString('base64');
    const [left = '', right = ''] = secrets.redact(coded).split('[redacted]');

    // Less than a byte of it is left at each end.
    expect(Math.floor((left.length * 6) / 8)).toBe(before.length);
    expect(coded.endsWith(right)).toBe(true);
    expect(Buffer.from(`${before}${secret}`).toString('base64').length).toBeGreaterThan(
      left.length,
    );
    expect(right.length).toBeLessThanOrEqual(Math.ceil((' and after'.length * 4) / 3) + 3);
  }
});

test('a secret may stand in a file, and is bound and kept out of texts as any other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'tidemark-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'key');
  writeFileSync(file, 'from-a-file\n');
  const filed = readSecrets({
    TIDEMARK_SECRET_KEY_FILE: file,
    TIDEMARK_SECRET_KEY_HOSTS: 'api.example.com',
  });

  expect(filed.must('KEY', url)).toBe('from-a-file');
  expect(() => filed.must('KEY', new URL('http://other.example.com'))).toThrow(/is bound to/);
  expect(() => filed.must('KEY_FILE', url)).toThrow(/is not set/);
  expect(filed.redact('it was from-a-file.')).toBe('it was [redacted].');
  expect(() => readSecrets({ TIDEMARK_SECRET_KEY_FILE: join(folder, 'none') })).toThrow(
    /TIDEMARK_SECRET_KEY_FILE: the file .*none cannot be read/,
  );
});

const addresses = readSecrets({
  TIDEMARK_SECRET_DB: 'postgres://reader:p%40ss%2Fword@db.example.com/crm',
  TIDEMARK_SECRET_BOUND: 'postgres://reader:hunter2@db.example.com/crm',
  TIDEMARK_SECRET_BOUND_HOSTS: 'other.example.com',
  TIDEMARK_SECRET_NONE: 'no address, hunter3',
});

test('an address names its host itself, and is bound to others only where that is said', () => {
  expect(addresses.mustAddress('DB').hostname).toBe('db.example.com');
  expect(() => addresses.mustAddress('BOUND')).toThrow(/bound to other.example.com/);
  expect(() => addresses.mustAddress('MISSING')).toThrow(/TIDEMARK_SECRET_MISSING is not set/);
  expect(() => addresses.mustAddress('NONE')).toThrow(/not of the form/);
  expect(() => addresses.mustAddress('NONE')).not.toThrow(/hunter3/);
});

test.each(['p%40ss%2Fword', 'p@ss/word', 'postgres://reader:p%40ss%2Fword@db.example.com/crm'])(
  'the password of an address is kept out of texts as %s',
  (text) => {
    expect(addresses.redact(`tried ${text}.`)).toBe('tried [redacted].');
  },
);
