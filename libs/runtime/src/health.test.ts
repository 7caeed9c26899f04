import { expect, test, vi } from 'vitest';
import { TerminalError } from './errors.ts';
import { startHealth } from './health.ts';
import { createLogger } from './logger.ts';

const local = { host: '127.0.0.1', port: 0 };

test('a service is ready when it has no reason not to be', async () => {
  let reasons: string[] = ['nats is away'];
  await using health = await startHealth({ ...local, ready: () => Promise.resolve(reasons) });

  const before = await fetch(`${health.url}/readyz`);
  reasons = [];
  const after = await fetch(`${health.url}/readyz`);

  expect(before.status).toBe(503);
  expect(await before.json()).toEqual({ ready: false, reasons: ['nats is away'] });
  expect(after.status).toBe(200);
});

test('a readiness that fails is no readiness, and the service is alive all the same', async () => {
  const ready = (): Promise<string[]> => Promise.reject(new Error('no'));
  await using health = await startHealth({ ...local, ready });

  expect((await fetch(`${health.url}/readyz`)).status).toBe(503);
  expect((await fetch(`${health.url}/healthz`)).status).toBe(200);
});

test('metrics are served as they are given, or said to be off', async () => {
  const ready = (): Promise<string[]> => Promise.resolve([]);
  await using off = await startHealth({ ...local, ready });
  await using on = await startHealth({ ...local, ready, metrics: () => Promise.resolve('m 1\n') });

  expect((await fetch(`${off.url}/metrics`)).status).toBe(404);
  expect(await (await fetch(`${on.url}/metrics`)).text()).toBe('m 1\n');
});

test('a port that is taken is told as a setting to correct', async () => {
  const ready = (): Promise<string[]> => Promise.resolve([]);
  await using first = await startHealth({ ...local, ready });

  await expect(startHealth({ ...local, port: first.port, ready })).rejects.toThrow(TerminalError);
});

test('a service that stops is not ready any more, and alive until it has ended', async () => {
  const stop = new AbortController();
  const ready = (): Promise<string[]> => Promise.resolve([]);
  await using health = await startHealth({ ...local, ready, stopping: stop.signal });

  stop.abort();

  const answer = await fetch(`${health.url}/readyz`);
  expect([answer.status, await answer.json()]).toEqual([
    503,
    { ready: false, reasons: ['the service stops'] },
  ]);
  expect((await fetch(`${health.url}/healthz`)).status).toBe(200);
});

test('what keeps a service from its work is in its log once, and so is the end of it', async () => {
  const said: unknown[] = [];
  const logger = createLogger('test');
  vi.spyOn(logger, 'warn').mockImplementation((...words: unknown[]) => void said.push(words));
  vi.spyOn(logger, 'info').mockImplementation((...words: unknown[]) => void said.push(words));
  const stop = new AbortController();
  let reasons: string[] = [];
  await using health = await startHealth({
    ...local,
    ready: () => Promise.resolve(reasons),
    stopping: stop.signal,
    logger,
  });
  const probe = async (now: string[]): Promise<unknown> => {
    reasons = now;
    return (await fetch(`${health.url}/readyz`)).json();
  };

  await probe([]);
  await probe(['PostgreSQL is away']);
  await probe(['PostgreSQL is away']);
  await probe([]);
  stop.abort();
  await probe([]);

  expect(said).toEqual([[{ reasons: ['PostgreSQL is away'] }, 'not ready'], ['ready again']]);
});
