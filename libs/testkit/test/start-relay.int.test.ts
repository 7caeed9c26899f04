import { connect as connectTcp } from 'node:net';
import { once } from 'node:events';
import { connect } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { freshNats, startRelay, waitFor } from '../src/index.ts';

async function natsBehindRelay() {
  const nats = await freshNats();
  const relay = await startRelay({ targetHost: '127.0.0.1', targetPort: nats.port });
  const options = {
    servers: `127.0.0.1:${relay.port}`,
    reconnectTimeWait: 20,
    maxReconnectAttempts: -1,
  };
  const connection = await connect(options);
  const end = async (): Promise<void> => {
    await connection.close();
    await relay.stop();
    await nats.stop();
  };
  return { relay, connection, [Symbol.asyncDispose]: end };
}

test('a client works through the relay', async () => {
  await using setting = await natsBehindRelay();

  await setting.connection.flush();

  expect(setting.relay.connections).toBe(1);
});

test('what is held in a direction arrives after the release, and the connection stays', async () => {
  await using setting = await natsBehindRelay();
  const seen: string[] = [];
  setting.connection.subscribe('told', {
    callback: (_error, message) => void seen.push(message.string()),
  });
  await setting.connection.flush();

  setting.relay.hold('fromTarget');
  for (const text of ['one', 'two', 'three']) setting.connection.publish('told', text);
  let isFlushed = false;
  const flushed = setting.connection.flush().then(() => (isFlushed = true));
  await new Promise((resolve) => setImmediate(resolve));
  expect(isFlushed).toBe(false);
  expect(seen).toEqual([]);
  setting.relay.release();
  await flushed;

  expect(seen).toEqual(['one', 'two', 'three']);
  expect(setting.relay.connections).toBe(1);
});

test('a cut client connects again, but not while new connections are refused', async () => {
  await using setting = await natsBehindRelay();
  const { relay, connection } = setting;

  relay.refuse(true);
  relay.cut();
  await waitFor(() => relay.connections === 0, { what: 'the cut' });
  const refused = connectTcp({ port: relay.port, host: '127.0.0.1' });
  await expect(once(refused, 'close')).rejects.toThrow(/ECONNRESET/);
  relay.refuse(false);

  await waitFor(() => relay.connections === 1, { what: 'another connection' });
  await waitFor(async () => connection.flush().then(() => true), { what: 'an answer' });
});

test('a delay is felt by both directions', async () => {
  await using setting = await natsBehindRelay();
  setting.relay.delayMs = 60;

  const roundTripMs = await setting.connection.rtt();

  expect(roundTripMs).toBeGreaterThanOrEqual(119);
});
