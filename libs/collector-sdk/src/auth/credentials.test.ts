import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Agent } from 'undici';
import { afterAll, expect, onTestFinished, test } from 'vitest';
import { HttpSource } from '../definition/source.ts';
import { Credentials } from './credentials.ts';
import { readSecrets } from './secrets.ts';

const never = new AbortController().signal;
const agent = new Agent();
afterAll(async () => agent.destroy());

interface Asked {
  readonly authorization: string | undefined;
  readonly form: URLSearchParams;
}

/** A token address that hands out `token-1`, `token-2`, … unless it is told to answer otherwise. */
async function tokenServer(
  answer: (response: ServerResponse, count: number) => void = (response, count) =>
    void response.end(JSON.stringify({ access_token: `token-${count}`, expires_in: 3_600 })),
) {
  const asked: Asked[] = [];
  const server = createServer((request, response) => void serve(request, response));
  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization } = request.headers;
    asked.push({ authorization, form: new URLSearchParams(Buffer.concat(chunks).toString()) });
    answer(response, asked.length);
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close().closeAllConnections();
  });
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/token` };
}

function oauthSource(tokenUrl: string, changes: object = {}): HttpSource {
  return HttpSource.parse({
    name: 'x',
    baseUrl: 'http://127.0.0.1:9',
    timeout: '2s',
    auth: { kind: 'oauth2', tokenUrl, clientId: 'me & you', secret: 'CLIENT', ...changes },
  });
}

const secrets = () => readSecrets({ TIDEMARK_SECRET_CLIENT: 'pass+word' });
const request = { method: 'GET', url: new URL('http://127.0.0.1:9/x'), headers: {} } as const;

test('many lanes ask for one token, and it is kept', async () => {
  const { asked, url } = await tokenServer();
  const credentials = new Credentials(secrets(), agent);
  const source = oauthSource(url, { scope: 'read', parameters: { audience: 'api' } });

  const tokens = await Promise.all(
    Array.from({ length: 10 }, () => credentials.token(source, never)),
  );
  const again = await credentials.token(source, never);

  expect(new Set([...tokens, again])).toEqual(new Set(['token-1']));
  expect(asked).toHaveLength(1);
  expect(Object.fromEntries(asked[0]?.form ?? [])).toEqual({
    grant_type: 'client_credentials',
    scope: 'read',
    audience: 'api',
  });
  const basic = Buffer.from('me+%26+you:pass%2Bword').toString('base64');
  expect(asked[0]?.authorization).toBe(`Basic ${basic}`);
  const sent = credentials.authorize(request, source, { token: 'token-1' });
  expect(sent.headers).toEqual({ authorization: 'Bearer token-1' });
});

test('a client may say who it is in the body', async () => {
  const { asked, url } = await tokenServer();

  await new Credentials(secrets(), agent).token(oauthSource(url, { client: 'body' }), never);

  expect(asked[0]?.authorization).toBeUndefined();
  expect(asked[0]?.form.get('client_id')).toBe('me & you');
  expect(asked[0]?.form.get('client_secret')).toBe('pass+word');
});

test('a refused token is forgotten once: whoever comes late with it takes the fresh one', async () => {
  const { asked, url } = await tokenServer();
  const credentials = new Credentials(secrets(), agent);
  const source = oauthSource(url);
  const token = (await credentials.token(source, never)) as string;

  expect(credentials.renew(source, { token })).toBe('fresh');
  expect(await credentials.token(source, never)).toBe('token-2');
  expect(credentials.renew(source, { token })).toBe('fresh');
  expect(await credentials.token(source, never)).toBe('token-2');
  expect(asked).toHaveLength(2);
});

test.each([
  [400, '{"error":"invalid_client"}', 'SOURCE_AUTH_REJECTED', 'no'],
  [500, '', 'SOURCE_UNAVAILABLE', 'counted'],
  [429, '', 'SOURCE_UNAVAILABLE', 'uncounted'],
  [200, '{"token":"x"}', 'RESPONSE_INVALID', 'counted'],
  [200, '{"access_token":"x","token_type":"mac"}', 'RESPONSE_INVALID', 'counted'],
])('a token address that answers %i %s', async (status, body, code, again) => {
  const { url } = await tokenServer((response) => response.writeHead(status).end(body));

  const refusal = await new Credentials(secrets(), agent).token(oauthSource(url), never);

  expect(refusal).toMatchObject({ code, again });
});

test('a failure is not kept, and a stop does not wait', async () => {
  const { url } = await tokenServer((response, count) => {
    if (count === 1) response.writeHead(500).end();
    else if (count === 2) response.end('{"access_token":"good"}');
  });
  const credentials = new Credentials(secrets(), agent);
  const source = oauthSource(url);

  expect(await credentials.token(source, never)).toMatchObject({ again: 'counted' });
  expect(await credentials.token(source, never)).toBe('good');
  credentials.renew(source, { token: 'good' });
  const stop = new AbortController();
  const asking = credentials.token(source, stop.signal);
  stop.abort(new Error('stopped'));
  await expect(asking).rejects.toThrow('stopped');
});

test('the secret goes to no host that it is not bound to, and neither does what it brings', async () => {
  const { url } = await tokenServer();
  const bound = readSecrets({
    TIDEMARK_SECRET_CLIENT: 'x',
    TIDEMARK_SECRET_CLIENT_HOSTS: new URL(url).host,
  });
  const credentials = new Credentials(bound, agent);

  await expect(credentials.token(oauthSource(url), never)).rejects.toThrow(/bound to/);
  const elsewhere = oauthSource('http://127.0.0.1:9/token');
  await expect(credentials.token(elsewhere, never)).rejects.toThrow(/bound to/);
});

test('an access token is told nowhere', async () => {
  const known = secrets();
  const { url } = await tokenServer();

  await new Credentials(known, agent).token(oauthSource(url), never);

  expect(known.redact('it was token-1')).toBe('it was [redacted]');
});

test('of several tokens one that was refused is not chosen for ten minutes', () => {
  let nowMs = 1_000;
  const several = readSecrets({ TIDEMARK_SECRET_A: 'aaaa', TIDEMARK_SECRET_B: 'bbbb' });
  const credentials = new Credentials(several, agent, () => nowMs);
  const auth = { kind: 'tokens', secrets: ['A', 'B'] };
  const source = HttpSource.parse({ name: 'x', baseUrl: 'http://127.0.0.1:9', auth });

  expect(credentials.choices(source)).toEqual(['A', 'B']);
  expect(credentials.authorize(request, source, { secret: 'B' }).headers).toEqual({
    authorization: 'Bearer bbbb',
  });
  expect(credentials.renew(source, { secret: 'A' })).toBe('other');
  expect(credentials.choices(source)).toEqual(['B']);
  expect(credentials.renew(source, { secret: 'B' })).toBe('none');
  expect(() => credentials.choices(source)).toThrow(/none of the tokens A, B.*10 minutes/);
  nowMs += 599_999;
  expect(() => credentials.choices(source)).toThrow(/none of the tokens A, B/);
  nowMs += 1;
  expect(credentials.choices(source)).toEqual(['A', 'B']);
});
