import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsServer } from '@tidemark/local';

/** Gives a server that is not ours as if it were a fresh one; only streams made since are removed at `stop`. */
export async function useExternalNats(url: string): Promise<NatsServer> {
  const before = new Set(await streamNames(url));
  const stop = async (): Promise<void> => removeStreams(url, before);
  const refuse = async (): Promise<void> => {
    throw new Error('the server of NATS_URL is not ours to kill: run this test without NATS_URL');
  };
  return {
    url,
    port: Number(new URL(url).port || '4222'),
    monitorUrl: undefined,
    pid: 0,
    stop,
    kill: refuse,
    restart: refuse,
    [Symbol.asyncDispose]: stop,
  };
}

async function streamNames(url: string): Promise<string[]> {
  const connection = await connect({ servers: url });
  try {
    const manager = await jetstreamManager(connection);
    return await Array.fromAsync(manager.streams.names());
  } finally {
    await connection.close();
  }
}

async function removeStreams(url: string, kept: ReadonlySet<string>): Promise<void> {
  const names = await streamNames(url);
  const connection = await connect({ servers: url });
  try {
    const manager = await jetstreamManager(connection);
    for (const name of names.filter((each) => !kept.has(each))) await manager.streams.delete(name);
  } finally {
    await connection.close();
  }
}
