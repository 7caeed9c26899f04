import { expect, test } from 'vitest';
import { authorize } from './authorize.ts';
import { readSecrets } from './secrets.ts';

const secrets = readSecrets({
  TIDEMARK_SECRET_KEY: 'p@ss word"1',
  TIDEMARK_SECRET_BOUND: 'bound-secret',
  TIDEMARK_SECRET_BOUND_HOSTS: 'api.example.com, other:8080',
  TIDEMARK_SECRET_LOGIN: 'user:hunter2',
  DATABASE_URL: 'postgres://never',
});
const request = {
  method: 'GET',
  url: new URL('http://api.example.com/x?a=1'),
  headers: {},
} as const;

test.each([
  [{ kind: 'bearer', secret: 'KEY' }, { authorization: 'Bearer p@ss word"1' }],
  [{ kind: 'api-key', in: 'header', name: 'X-Key', secret: 'KEY' }, { 'x-key': 'p@ss word"1' }],
  [{ kind: 'basic', secret: 'LOGIN' }, { authorization: 'Basic dXNlcjpodW50ZXIy' }],
] as const)('%j is sent in a header', (auth, headers) => {
  expect(authorize(request, auth, secrets).headers).toEqual(headers);
});

test('a key in the query is appended to it, encoded', () => {
  const auth = { kind: 'api-key', in: 'query', name: 'key', secret: 'KEY' } as const;

  const sent = authorize(request, auth, secrets);

  expect(sent.url.href).toBe('http://api.example.com/x?a=1&key=p%40ss%20word%221');
  expect(request.url.href).toBe('http://api.example.com/x?a=1');
});

test('a secret that is not set is missing, whatever else the environment holds', () => {
  expect(() => secrets.must('DATABASE_URL', request.url)).toThrow(/TIDEMARK_SECRET_DATABASE_URL/);
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
  'key=p@ss word"1.',
  'key=p%40ss%20word%221.',
  'key={"a":"p@ss word\\"1"}.',
  'Basic dXNlcjpodW50ZXIy',
  'password hunter2',
])('%s is told without the secret', (text) => {
  const redacted = secrets.redact(text);

  expect(redacted).toContain('[redacted]');
  expect(redacted).not.toMatch(/p@ss|p%40ss|hunter2|dXNl/);
});
