import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger, describeError, TerminalError } from '@tidemark/runtime';
import {
  freshNats,
  guardedNats,
  otherAuthority,
  testAuthority,
  testServerCertificate,
  testServerKey,
  waitFor,
  type GuardedNats,
} from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { connectBus, readTlsFiles } from '../src/index.ts';
import { logger } from './a-bus.ts';

let nats: GuardedNats;
let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tidemark-tls-'));
  const files = {
    'ca.pem': testAuthority,
    'other.pem': otherAuthority,
    'server.pem': testServerCertificate,
    'server.key': testServerKey,
  };
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  await chmod(join(folder, 'server.key'), 0o600);
  nats = await guardedNats({
    tls: { certFile: join(folder, 'server.pem'), keyFile: join(folder, 'server.key') },
  });
});

afterAll(async () => {
  await nats?.server.stop();
  await rm(folder, { recursive: true, force: true });
});

const trusting = (file: string) => readTlsFiles({ NATS_CA_FILE: join(folder, file) });

test('whoever trusts the authority of the server speaks with it, encrypted', async () => {
  await using bus = await connectBus({
    url: nats.urlOf('watermark'),
    tls: trusting('ca.pem'),
    name: 'tls',
    logger,
  });

  expect(bus.isConnected()).toBe(true);
  expect(bus.nc.info?.tls_required).toBe(true);
});

test.each([
  ['of another authority', 'other.pem', 'localhost', /certificate/],
  ['for another host', 'ca.pem', '127.0.0.1', /altnames|Hostname/],
  ['and a file that is not there', 'gone.pem', 'localhost', /gone\.pem doesn't exist/],
])('a certificate %s ends the start, with the reason', async (_, file, host, says) => {
  const url = nats.urlOf('loader').replace('localhost', host);
  const connecting = connectBus({ url, tls: trusting(file), name: 'tls', logger });

  const error = await connecting.then(
    () => undefined,
    (reason: unknown) => reason,
  );

  expect(error).toBeInstanceOf(TerminalError);
  expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringMatching(says) });
  expect(error).toMatchObject({ message: expect.stringContaining('NATS_CA_FILE') });
  expect(String(error)).not.toContain(nats.passwordOf('loader'));
});

test('a server that knows no TLS is not spoken to in the open', async () => {
  await using plain = await freshNats();

  const connecting = connectBus({
    url: plain.url.replace('nats://', 'tls://user:hunter2@'),
    name: 'tls',
    logger,
  });

  await expect(connecting).rejects.toThrow(/no safe connection to NATS .*does not support 'tls'/);
  await expect(connecting).rejects.not.toThrow(/hunter2/);
});

test('a wrong password is waited for, since it may be renewed, and told, without it', async () => {
  const lines: string[] = [];
  const told = createLogger('test');
  vi.spyOn(told, 'warn').mockImplementation((fields: unknown, said?: unknown) => {
    const { err } = fields as { readonly err: unknown };
    lines.push(JSON.stringify({ ...Object(fields), err: describeError(err), said }));
  });
  const stop = new AbortController();
  const url = nats.urlOf('loader').replace(nats.passwordOf('loader'), 'hunter2');
  const connecting = connectBus({
    url,
    tls: trusting('ca.pem'),
    name: 'tls',
    logger: told,
    signal: stop.signal,
  });
  connecting.catch(() => undefined);

  await waitFor(() => lines.length > 0, { what: 'the wait to be told', timeoutMs: 15_000 });
  stop.abort(new Error('enough'));

  await expect(connecting).rejects.toThrow('enough');
  expect(lines.join()).toMatch(/waiting for NATS/);
  expect(lines.join()).toMatch(/authorization violation/i);
  expect(lines.join()).not.toContain('hunter2');
});
