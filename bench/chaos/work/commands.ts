import { jetstream } from '@nats-io/jetstream';
import type { World } from '../world/start-world.ts';

const ANSWER_WITHIN_MS = 1_000;

/** Publishes a command as `nats pub` does; false when no server took it. */
export async function command(
  { connection }: Pick<World, 'connection'>,
  verb: string,
  collector: string,
  payload: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  try {
    const js = jetstream(connection, { timeout: ANSWER_WITHIN_MS });
    await js.publish(`tidemark.command.${verb}.${collector}`, JSON.stringify(payload));
    return true;
  } catch (error) {
    if (error instanceof Error) return false;
    throw error;
  }
}
