import { expect, test } from 'vitest';
import { OAuth2 } from '../definition/auth.ts';
import { AccessTokens } from './access-tokens.ts';

const auth = OAuth2.parse({
  kind: 'oauth2',
  tokenUrl: 'http://127.0.0.1/token',
  clientId: 'x',
  secret: 'X',
});

test.each([
  ['a long life', 3_600_000, 3_539_999, 3_540_001],
  ['a short life', 10_000, 8_999, 9_001],
])('a token of %s is not used in the last part of it', async (_, lifetimeMs, still, notAnyMore) => {
  let nowMs = 0;
  let count = 0;
  const tokens = new AccessTokens(() => nowMs);
  const request = () => Promise.resolve({ value: `token-${(count += 1)}`, lifetimeMs });
  await tokens.get(auth, request);

  nowMs = still;
  expect(await tokens.get(auth, request)).toBe('token-1');
  nowMs = notAnyMore;
  expect(await tokens.get(auth, request)).toBe('token-2');
});

test('tokens for other scopes are other tokens', async () => {
  const tokens = new AccessTokens(() => 0);
  const give = (value: string) => () => Promise.resolve({ value, lifetimeMs: undefined });

  expect(await tokens.get(auth, give('a'))).toBe('a');
  expect(await tokens.get({ ...auth, scope: 'more' }, give('b'))).toBe('b');
  expect(await tokens.get(auth, give('c'))).toBe('a');
});
