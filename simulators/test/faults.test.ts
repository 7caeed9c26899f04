import { get } from 'node:http';
import type { IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RecordsSimulator } from '../src/index.ts';
import { startRecords } from '../src/index.ts';

let simulator: RecordsSimulator;

beforeEach(async () => {
  simulator = await startRecords({ generate: { count: 50 } });
});

afterEach(async () => {
  await simulator.stop();
});

async function getRecords(signal?: AbortSignal): Promise<Response> {
  return fetch(`${simulator.url}/records`, signal === undefined ? {} : { signal });
}

test('planned statuses meet the next requests, with Retry-After as written', async () => {
  simulator.control.failNext({ kind: 'status', status: 500 }, 2);
  simulator.control.failNext({ kind: 'status', status: 429, retryAfter: '3' });

  const answers = [await getRecords(), await getRecords(), await getRecords(), await getRecords()];

  expect(answers.map((each) => each.status)).toEqual([500, 500, 429, 200]);
  expect(answers[2]?.headers.get('retry-after')).toBe('3');
});

test('a reset connection has no answer', async () => {
  simulator.control.failNext({ kind: 'reset' });

  await expect(getRecords()).rejects.toThrow('fetch failed');
  expect((await getRecords()).status).toBe(200);
});

test('half a body ends in an error', async () => {
  simulator.control.failNext({ kind: 'half' });

  const answer = await getRecords();

  expect(answer.status).toBe(200);
  await expect(answer.text()).rejects.toThrow();
});

test('garbage is 200 with JSON as its type and something else as its body', async () => {
  simulator.control.failNext({ kind: 'garbage' });

  const answer = await getRecords();

  expect(answer.headers.get('content-type')).toContain('application/json');
  await expect(answer.json()).rejects.toThrow(SyntaxError);
});

test('a stalled request can be given up, and one that waits is answered', async () => {
  simulator.control.failNext({ kind: 'stall', stallMs: 60_000 });
  simulator.control.failNext({ kind: 'stall', stallMs: 5 });

  await expect(getRecords(AbortSignal.timeout(50))).rejects.toThrow();

  expect((await getRecords()).status).toBe(200);
});

test('a stop does not wait for stalled requests', async () => {
  simulator.control.failNext({ kind: 'stall', stallMs: 60_000 });
  const pending = expect(getRecords()).rejects.toThrow();
  await expect.poll(() => simulator.stats.faults).toBe(1);

  await simulator.stop();

  await pending;
});

test('requests and records are counted by path, failed ones without records', async () => {
  simulator.control.failNext({ kind: 'status', status: 503 });
  await getRecords();
  await getRecords();
  await fetch(`${simulator.url}/nothing?x=1`);

  expect(simulator.stats).toMatchObject({ requests: 3, records: 50, faults: 1 });
  expect(simulator.stats.byPath['/records']).toMatchObject({ requests: 2, records: 50 });
  expect(simulator.requests).toEqual([
    { method: 'GET', target: '/records', status: 503 },
    { method: 'GET', target: '/records', status: 200 },
    { method: 'GET', target: '/nothing?x=1', status: 404 },
  ]);
});

async function getRaw(acceptEncoding: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const headers = { 'accept-encoding': acceptEncoding };
    get(`${simulator.url}/records`, { headers, agent: false }, resolve).on('error', reject);
  });
}

test.each([
  ['gzip', 'gzip'],
  ['br, gzip;q=0.5', 'gzip'],
  ['gzip;q=0', undefined],
  ['identity', undefined],
])('a client that accepts %s gets the encoding %s', async (accepted, encoding) => {
  const answer = await getRaw(accepted);
  const body = await buffer(answer);

  expect(answer.headers['content-encoding']).toBe(encoding);
  const text = (encoding === undefined ? body : gunzipSync(body)).toString();
  expect((JSON.parse(text) as { data: unknown[] }).data).toHaveLength(50);
});

test('only GET and HEAD are allowed', async () => {
  const posted = await fetch(`${simulator.url}/records`, { method: 'POST' });
  const head = await fetch(`${simulator.url}/records`, { method: 'HEAD' });

  expect(posted.status).toBe(405);
  expect(head.status).toBe(200);
  expect(await head.text()).toBe('');
});
