import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import pg from 'pg';
import { findNatsServer } from '../src/index.ts';

/** A folder that other users can reach into, removed at the end. */
export function temporaryFolder(): Disposable & { readonly path: string } {
  const path = mkdtempSync(join(tmpdir(), 'tidemark-local-'));
  chmodSync(path, 0o755);
  return { path, [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }) };
}

/** The nats-server that the tests use. */
export async function natsBinary(): Promise<string> {
  const cacheFolder = fileURLToPath(new URL('../../../.tidemark/tools', import.meta.url));
  return findNatsServer({ cacheFolder, log: () => undefined });
}

/** Runs one statement and gives its rows. */
export async function query(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

/** Makes a stream on files that holds one message. */
export async function makeStream(url: string, name: string): Promise<void> {
  await withNats(url, async (connection) => {
    const manager = await jetstreamManager(connection);
    await manager.streams.add({ name, subjects: [`${name}.>`], storage: 'file' });
    await jetstream(connection).publish(`${name}.first`, 'hello');
  });
}

/** How many messages a stream holds. */
export async function countMessages(url: string, name: string): Promise<number> {
  return withNats(url, async (connection) => {
    const manager = await jetstreamManager(connection);
    return (await manager.streams.info(name)).state.messages;
  });
}

async function withNats<T>(
  url: string,
  act: (connection: NatsConnection) => Promise<T>,
): Promise<T> {
  const connection = await connect({ servers: url });
  try {
    return await act(connection);
  } finally {
    await connection.close();
  }
}
