import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from 'vitest';
import { readArguments } from '../src/read-arguments.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const children: ChildProcess[] = [];
const folders: string[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

interface Addresses {
  worldBankUrl: string;
  usgsUrl: string;
  recordsUrl: string;
}

function spawnMain(...args: string[]): ChildProcess {
  const child = spawn(process.execPath, [main, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  return child;
}

async function startMain(): Promise<{ child: ChildProcess; addresses: Addresses }> {
  const folder = await mkdtemp(join(tmpdir(), 'simulators-'));
  folders.push(folder);
  const portFile = join(folder, 'ports.json');
  const clock = '2018-02-07T02:00:00Z';
  const child = spawnMain('--port-file', portFile, '--clock', clock, '--records', '10');
  await expect
    .poll(() => readFile(portFile, 'utf8').catch(() => ''), { timeout: 10_000 })
    .not.toBe('');
  return { child, addresses: JSON.parse(await readFile(portFile, 'utf8')) as Addresses };
}

async function post(url: string, change: string, args: object): Promise<Response> {
  const body = JSON.stringify(args);
  return fetch(`${url}/_control/${change}`, { method: 'POST', body });
}

test('one process runs all simulators, is controlled over HTTP and stops on SIGTERM', async () => {
  const { child, addresses } = await startMain();
  const { usgsUrl, worldBankUrl, recordsUrl } = addresses;

  const added = await post(usgsUrl, 'add-events', { count: 2 });
  const revised = await post(worldBankUrl, 'revise', { indicator: 'SP.POP.TOTL', count: 3 });
  await post(usgsUrl, 'fail-next', { fault: { kind: 'status', status: 503 }, times: 1 });
  const failed = await fetch(`${usgsUrl}/fdsnws/event/1/count`);
  const counted = await fetch(`${usgsUrl}/fdsnws/event/1/count?format=geojson`);
  const stats = (await (await fetch(`${usgsUrl}/_control/stats`)).json()) as object;
  const content = (await (await fetch(`${usgsUrl}/_control/content`)).json()) as object;
  const records = (await (await fetch(`${recordsUrl}/records`)).json()) as object;

  expect(await added.json()).toHaveLength(2);
  expect(await revised.json()).toHaveLength(3);
  expect(failed.status).toBe(503);
  expect(await counted.json()).toEqual({ count: 1_709, maxAllowed: 20_000 });
  expect(stats).toMatchObject({ requests: 2, faults: 1, waitingFaults: 0 });
  expect(content).toHaveProperty('events.length', 1_709);
  expect(records).toMatchObject({ total: 10 });

  // A request that waits must not hold the process back.
  await post(usgsUrl, 'latency', { latencyMs: 60_000 });
  const cut = expect(fetch(`${usgsUrl}/fdsnws/event/1/count`)).rejects.toThrow();
  await expect
    .poll(async () => (await fetch(`${usgsUrl}/_control/stats`)).json())
    .toMatchObject({ requests: 3 });
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
  await cut;
}, 20_000);

test('a wrong control is refused with a reason', async () => {
  const { addresses } = await startMain();

  const unknown = await post(addresses.usgsUrl, 'explode', {});
  const typo = await post(addresses.usgsUrl, 'revise', { cuont: 2 });
  const text = await post(addresses.worldBankUrl, 'add-countries', { count: '2' });

  expect([unknown.status, typo.status, text.status]).toEqual([404, 400, 400]);
  expect(await typo.json()).toEqual({ error: 'unknown argument cuont; known: count' });
}, 20_000);

test('a wrong option ends the process with 2 and the usage', async () => {
  const child = spawnMain('--latency-ms', 'soon');
  let said = '';
  child.stderr?.on('data', (part: Buffer) => (said += part.toString()));

  const [code] = await once(child, 'close');

  expect(code).toBe(2);
  expect(said).toContain('--latency-ms must be a whole number: soon');
  expect(said).toContain('--port-file');
}, 20_000);

test('address and ports can be given, for a container', () => {
  expect(readArguments(['--host', '0.0.0.0', '--port', '8081'])).toMatchObject({
    host: '0.0.0.0',
    port: 8081,
  });
  expect(readArguments([])).toMatchObject({ host: '127.0.0.1', port: 0 });
});
