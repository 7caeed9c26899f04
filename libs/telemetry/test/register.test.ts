import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';

// Each test starts a whole process, which takes seconds on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const program = new URL('./traced-program.ts', import.meta.url).pathname;
const register = new URL('../src/register.ts', import.meta.url).href;

/** What the collector was sent, by path. Strings stand in protobuf as they are. */
const received = new Map<string, string>();
/** The headers that a source was sent. */
const sourceHeaders: string[] = [];
const receiver = createServer((incoming, answer) => {
  const chunks: Buffer[] = [];
  if (incoming.url?.startsWith('/page')) sourceHeaders.push(...Object.keys(incoming.headers));
  incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
  incoming.on('end', () => {
    const path = incoming.url ?? '';
    received.set(path, (received.get(path) ?? '') + Buffer.concat(chunks).toString('latin1'));
    answer.end();
  });
});
/** A collector that takes connections and never answers. */
const mute = createServer(() => undefined);

beforeAll(async () => {
  await Promise.all(
    [receiver, mute].map((server) => once(server.listen(0, '127.0.0.1'), 'listening')),
  );
});
afterAll(() => {
  for (const server of [receiver, mute]) server.close().closeAllConnections();
});

test('spans, metrics and log lines of one program tell the same trace, and no secret', async () => {
  const ended = await runProgram({ OTEL_EXPORTER_OTLP_ENDPOINT: urlOf(receiver) });

  const traces = received.get('/v1/traces') ?? '';
  const [inside, shown] = ended.lines;
  expect(ended.code).toBe(0);
  expect(traces).toContain('work of the test');
  expect(traces).toContain('tidemark-telemetry');
  expect(traces).toContain('api_token=REDACTED&page=7');
  expect(traces).not.toContain('hunter2');
  expect(sourceHeaders).toContain('host');
  expect(sourceHeaders.filter((name) => /trace|baggage|b3/.test(name))).toEqual([]);
  expect(received.get('/v1/metrics')).toContain('tidemark.test.things');
  expect(received.has('/v1/logs')).toBe(false);
  expect(inside?.['trace_id']).toMatch(/^[0-9a-f]{32}$/);
  expect(inside?.['trace_id']).toBe(inside?.['expected']);
  expect(shown?.['metrics']).toMatch(/tidemark_test_things_total\S* 3/);
});

test.each([
  { collector: 'nowhere', endpoint: () => 'http://127.0.0.1:9' },
  { collector: 'mute', endpoint: () => urlOf(mute) },
])('a collector that is $collector does not keep the program', async ({ endpoint }) => {
  const ended = await runProgram({ OTEL_EXPORTER_OTLP_ENDPOINT: endpoint() });

  expect(ended.code).toBe(0);
  expect(ended.afterWorkMs).toBeLessThan(8_000);
});

test('without an endpoint there are trace ids and metrics but nothing is sent', async () => {
  const ended = await runProgram({});

  expect(ended.code).toBe(0);
  expect(ended.lines[0]?.['trace_id']).toMatch(/^[0-9a-f]{32}$/);
  expect(ended.afterWorkMs).toBeLessThan(4_000);
});

test('switched off there is nothing, and the program works', async () => {
  const ended = await runProgram({ OTEL_SDK_DISABLED: 'true' });

  expect(ended.code).toBe(0);
  expect(ended.lines[0]?.['trace_id']).toBeUndefined();
  expect(ended.lines[1]?.['metrics']).toBeUndefined();
});

async function runProgram(env: NodeJS.ProcessEnv) {
  const child = spawn(
    process.execPath,
    ['--import', register, program, `${urlOf(receiver)}/page`],
    {
      cwd: new URL('..', import.meta.url).pathname,
      env: { PATH: process.env['PATH'], ...env },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  let text = '';
  let lastOutputAt = 0;
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk.toString();
    lastOutputAt = performance.now();
  });
  const [code] = (await once(child, 'close')) as [number | null];
  const lines = text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, lines, afterWorkMs: performance.now() - lastOutputAt };
}

function urlOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
