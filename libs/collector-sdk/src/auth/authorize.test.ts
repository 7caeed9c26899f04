import { expect, test } from 'vitest';
import { authorize } from './authorize.ts';

const request = {
  method: 'GET',
  url: new URL('http://api.example.com/x?a=1'),
  headers: { accept: 'text/csv' },
} as const;

test.each([
  [{ kind: 'bearer', secret: 'KEY' }, { authorization: 'Bearer p@ss:1' }],
  [{ kind: 'api-key', in: 'header', name: 'X-Key', secret: 'KEY' }, { 'x-key': 'p@ss:1' }],
  [{ kind: 'basic', secret: 'KEY' }, { authorization: 'Basic cEBzczox' }],
  [{ kind: 'tokens', secrets: ['KEY'], in: 'bearer' }, { authorization: 'Bearer p@ss:1' }],
  [{ kind: 'tokens', secrets: ['KEY'], in: 'header', name: 'X-Key' }, { 'x-key': 'p@ss:1' }],
] as const)('%j is sent in a header, beside the others', (auth, headers) => {
  const sent = authorize(
    request,
    { ...auth, ...('secrets' in auth && { secrets: [...auth.secrets] }) } as never,
    'p@ss:1',
  );

  expect(sent.headers).toEqual({ accept: 'text/csv', ...headers });
});

test.each([
  { kind: 'api-key', in: 'query', name: 'key', secret: 'KEY' },
  { kind: 'tokens', in: 'query', name: 'key', secrets: ['KEY'] },
] as const)('%j is appended to the query, encoded', (auth) => {
  const sent = authorize(request, auth as never, 'p@ss word');

  expect(sent.url.href).toBe('http://api.example.com/x?a=1&key=p%40ss%20word');
  expect(request.url.href).toBe('http://api.example.com/x?a=1');
});
