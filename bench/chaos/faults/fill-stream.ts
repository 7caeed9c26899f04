import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import type { SqueezedStream } from '../plan/fault.ts';
import type { World } from '../world/start-world.ts';

/** Leaves a stream no room for more, as a full disk does; the watermark service would put its size right by itself, too. */
export async function fillStream(
  world: World,
  stream: SqueezedStream,
  forMs: number,
): Promise<void> {
  const limit = await limitTo(world, stream, 'what it holds');
  if (limit === undefined) return;
  await delay(forMs);
  await limitTo(world, stream, limit);
}

/** Gives the size from before; undefined when nobody answers. */
async function limitTo(
  { connection }: World,
  stream: SqueezedStream,
  bytes: number | 'what it holds',
): Promise<number | undefined> {
  try {
    const manager = await jetstreamManager(connection, { timeout: 1_000, checkAPI: false });
    const { config, state } = await manager.streams.info(stream);
    const maxBytes = bytes === 'what it holds' ? Math.max(1, state.bytes) : bytes;
    await manager.streams.update(stream, { ...config, max_bytes: maxBytes });
    return config.max_bytes;
  } catch (error) {
    // A server that is away has no room either.
    if (error instanceof Error) return undefined;
    throw error;
  }
}
