import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectSame, ordersYaml, someOrders } from './stack/orders.ts';
import { oneOfEach, startTestStack, type TestStack } from './stack/test-stack.ts';

const ORDERS = 60;
const names = oneOfEach.map(({ id }) => id);
/** What a service may take to stop (TIDEMARK_STOP_DEADLINE_MS) before it counts as stuck. */
const STOP_DEADLINE_MS = 25_000;

interface Readiness {
  readonly status: number;
  readonly reasons: readonly string[];
}

describe('telemetry for endpoints where nothing listens, or that take connections and never answer', () => {
  let source: RecordsSimulator;
  let stack: TestStack;
  let silent: SilentEndpoint;

  beforeAll(async () => {
    source = await startRecords({ rows: someOrders(ORDERS) });
    silent = await startSilentEndpoint();
    const gone = await startSilentEndpoint();
    await gone[Symbol.asyncDispose]();
    const endpointOf = (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url });
    stack = await startTestStack({
      definitions: { 'orders.yaml': ordersYaml(source.url) },
      env: { OTEL_SDK_DISABLED: 'false', OTEL_BSP_SCHEDULE_DELAY: '100' },
      envOf: {
        watermark: endpointOf(gone.url),
        extractor: endpointOf(silent.url),
        transformer: endpointOf(gone.url),
        loader: endpointOf(silent.url),
      },
    });
  });

  afterAll(async () => {
    await stack?.[Symbol.asyncDispose]();
    await silent?.[Symbol.asyncDispose]();
    await source.stop();
  });

  async function readiness(id: string): Promise<Readiness> {
    const response = await fetch(`${await stack.httpUrl(id)}/readyz`);
    const { reasons } = (await response.json()) as { reasons: string[] };
    return { status: response.status, reasons };
  }

  async function allReady(): Promise<void> {
    for (const id of names) {
      await waitFor(async () => (await readiness(id)).status === 200, {
        what: `${id} to be ready`,
      });
    }
  }

  test('health, readiness and metrics are told by every service', async () => {
    await allReady();
    for (const id of names) {
      const url = await stack.httpUrl(id);
      const health = await fetch(`${url}/healthz`);
      expect([health.status, await health.json()], id).toEqual([200, { alive: true }]);
      const metrics = await fetch(`${url}/metrics`);
      expect([metrics.status, metrics.headers.get('content-type')], id).toEqual([
        200,
        expect.stringContaining('text/plain; version=0.0.4'),
      ]);
      expect(await metrics.text(), id).toMatch(/^# TYPE /m);
    }
  });

  test('a service that cannot reach NATS is alive but not ready, and recovers', async () => {
    for (const id of names) {
      const { nats } = stack.lines(id);
      nats.refuse(true);
      nats.cut();
    }
    for (const id of names) {
      const away = await waitFor(
        async () => {
          const now = await readiness(id);
          return now.status === 503 ? now : undefined;
        },
        { what: `${id} to be not ready` },
      );
      expect(away.reasons, id).toContain('NATS is away');
      expect((await fetch(`${await stack.httpUrl(id)}/healthz`)).status, id).toBe(200);
    }

    for (const id of names) stack.lines(id).nats.refuse(false);

    await allReady();
  });

  test('a service that cannot reach PostgreSQL is not ready, and recovers', async () => {
    const users = names.filter((id) => id !== 'transformer');
    for (const id of users) {
      const { database } = stack.lines(id);
      database.refuse(true);
      database.cut();
    }
    for (const id of users) {
      await waitFor(async () => (await readiness(id)).reasons.includes('PostgreSQL is away'), {
        what: `${id} to miss PostgreSQL`,
      });
    }

    for (const id of users) stack.lines(id).database.refuse(false);

    await allReady();
  });

  test('a run succeeds all the same', async () => {
    const run = await stack.run('orders');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: ORDERS,
    });
    expect(run.trace_id).toMatch(/^[0-9a-f]{32}$/);
    await expectSame(stack.pool, source);
  });

  test('SIGTERM ends every service with exit code 0 within its deadline', async () => {
    for (const id of names) {
      const startedMs = performance.now();
      const code = await stack.stop(id);
      const tookMs = performance.now() - startedMs;

      expect([id, code], stack.logs(id).slice(-5).join('\n')).toEqual([id, 0]);
      expect(tookMs, id).toBeLessThan(STOP_DEADLINE_MS);
      const lost = stack.logs(id).filter((line) => line.includes('stopping took too long'));
      expect(lost, id).toEqual([]);
    }
  });
});

interface SilentEndpoint extends AsyncDisposable {
  readonly url: string;
}

async function startSilentEndpoint(): Promise<SilentEndpoint> {
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.resume();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
