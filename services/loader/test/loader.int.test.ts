import {
  type Bus,
  connectBus,
  encodeBody,
  provision,
  publish,
  publishBatch,
  putDefinition,
} from '@tidemark/bus';
import type { BatchHeaders } from '@tidemark/contracts';
import { createLogger, type Service } from '@tidemark/runtime';
import { freshNats, type NatsServer, waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startLoader } from '../src/service.ts';
import { copyOf, LoadFixture, orders, type Row } from './load-fixture.ts';

const REVISION = '0123456789abcdef';
const { signal } = new AbortController();
const route = { collector: 'orders', runClass: 'live' } as const;

let nats: NatsServer;
let bus: Bus;
let fixture: LoadFixture;
let service: Service;

beforeAll(async () => {
  nats = await freshNats();
  fixture = await LoadFixture.open();
  bus = await connectBus({ url: nats.url, name: 'test', logger: createLogger('test') });
  await provision(bus, { maxBytes: 16 * 1024 * 1024, replicas: 1, ackWaitMs: 2_000 });
  await putDefinition(bus, 'orders', REVISION, JSON.stringify(orders));
  service = await startLoader(
    readConfig({
      NATS_URL: nats.url,
      DATABASE_URL: fixture.database.url,
      TIDEMARK_ACK_WAIT_MS: '2000',
    }),
  );
});

afterAll(async () => {
  await service[Symbol.asyncDispose]();
  await bus[Symbol.asyncDispose]();
  await nats.stop();
  await fixture[Symbol.asyncDispose]();
});

beforeEach(async () => fixture.startRun());

async function send(rows: readonly Row[], more: Partial<BatchHeaders> = {}): Promise<void> {
  const text = copyOf(rows);
  const { contentEncoding, body } = encodeBody(text);
  const headers = {
    ...fixture.headers({ rows }),
    sections: [text.length, 0] as [number, number],
    contentEncoding,
    ...more,
  };
  await publishBatch(bus, 'load', route, headers, body, signal);
}

async function runStatus(status: string): Promise<void> {
  await waitFor(
    async () =>
      (
        await fixture.rows(`select 1 from tidemark.collector_runs where id = $1 and status = $2`, [
          fixture.runId,
          status,
        ])
      ).length > 0,
    { what: `the run to be ${status}` },
  );
}

describe('the loader', () => {
  it('loads what comes, ends chunk and run, and tells both', async () => {
    const events: string[] = [];
    const subscription = bus.nc.subscribe('tidemark.event.>', {
      callback: (_error, msg) => {
        events.push(`${msg.subject} ${msg.json<{ status: string }>().status}`);
      },
    });
    await fixture.recordPage({ seq: 0, last: true });
    await send([
      { id: 1, note: 'a' },
      { id: 2, note: 'b' },
    ]);
    await runStatus('success');
    await waitFor(() => events.length >= 2, { what: 'two events' });
    expect(events).toEqual([
      'tidemark.event.chunk.orders done',
      'tidemark.event.run.orders success',
    ]);
    subscription.unsubscribe();
    expect(await fixture.rows(`select count(*)::int from orders`)).toEqual([{ count: 2 }]);
  });

  it('keeps an ending as a dead letter and fails its chunk', async () => {
    const failure = { kind: 'page', code: 'SOURCE_REJECTED', reason: 'no such page', payload: 'x' };
    await publishBatch(
      bus,
      'load',
      route,
      fixture.headers({ outcome: 'failed' }),
      Buffer.from(JSON.stringify(failure)),
      signal,
    );
    await runStatus('failed');
    expect(
      await fixture.rows(`select kind, code, reason from tidemark.dead_letters where run_id = $1`, [
        fixture.runId,
      ]),
    ).toEqual([{ kind: 'page', code: 'SOURCE_REJECTED', reason: 'no such page' }]);
  });

  it('fails the chunk of a batch that it cannot read', async () => {
    await send([{ id: 5 }], { sections: [1, 1] });
    await runStatus('failed');
    expect(
      await fixture.rows(
        `select kind, code, payload from tidemark.dead_letters where run_id = $1`,
        [fixture.runId],
      ),
    ).toEqual([{ kind: 'message', code: 'MESSAGE_INVALID', payload: '5\t1\t\\N\n' }]);
  });

  it('keeps a message that belongs to no chunk, once, and harms no run', async () => {
    const garbage = async (id: string): Promise<unknown> =>
      publish(bus, {
        subject: `tidemark.load.live.orders.${fixture.runId}`,
        stream: 'LOAD_LIVE',
        id,
        data: 'garbage',
        headers: [['Tidemark-Version', '1']],
        signal,
      });
    await garbage('g1');
    await garbage('g2');
    const unknown = {
      ...fixture.headers({ outcome: 'failed', digest: 'f'.repeat(16) }),
      revision: '0'.repeat(16),
    };
    const failure = {
      kind: 'message',
      code: 'MESSAGE_INVALID',
      reason: 'garbage',
      payload: 'raw garbage',
    };
    await publishBatch(bus, 'load', route, unknown, Buffer.from(JSON.stringify(failure)), signal);
    await fixture.recordPage({ seq: 0, last: true });
    await send([{ id: 77 }]);
    await runStatus('success');
    await waitFor(async () => (await bus.jsm.streams.info('LOAD_LIVE')).state.messages === 0, {
      what: 'an empty stream',
    });
    expect(
      await fixture.rows(
        `select run_id, payload from tidemark.dead_letters where kind = 'message' and payload like '%garbage' order by payload`,
      ),
    ).toEqual([
      { run_id: null, payload: 'garbage' },
      { run_id: fixture.runId, payload: 'raw garbage' },
    ]);
  });

  it('waits for a locked table without losing or counting anything, and other targets go on', async () => {
    await putDefinition(
      bus,
      'others',
      REVISION,
      JSON.stringify({ ...orders, name: 'others', target: { ...orders.target, table: 'others' } }),
    );
    await fixture.rows(
      `create table if not exists public.others (like public.orders including all)`,
    );
    await fixture.recordPage({ seq: 0, parts: 7, last: true });
    const locker = await fixture.database.pool().connect();
    await locker.query('begin');
    await locker.query('lock table orders in access exclusive mode');
    for (let part = 0; part < 6; part += 1) await send([{ id: 500 + part }], { part });
    // Every place is taken by a batch that waits for the lock, until the lock time-out frees them.
    const text = copyOf([{ id: 1 }]);
    await publishBatch(
      bus,
      'load',
      { collector: 'others', runClass: 'live' },
      { ...fixture.headers({}), part: 6, sections: [text.length, 0] },
      text,
      signal,
    );
    const isLoaded = async (): Promise<boolean> =>
      (await fixture.rows(`select 1 from others`)).length > 0;
    await waitFor(isLoaded, { what: 'the other target to be loaded while the first is locked' });
    expect(
      await fixture.rows(`select count(*)::int from tidemark.batches where run_id = $1`, [
        fixture.runId,
      ]),
    ).toEqual([{ count: 1 }]);
    await locker.query('commit');
    locker.release();
    await runStatus('success');
    expect(await fixture.rows(`select count(*)::int from orders where id >= 500`)).toEqual([
      { count: 6 },
    ]);
    expect(
      await fixture.rows(`select count(*)::int from tidemark.dead_letters where run_id = $1`, [
        fixture.runId,
      ]),
    ).toEqual([{ count: 0 }]);
  });
});
