import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import type { Fault } from '../plan/fault.ts';

type Redelivery = Extract<Fault, { kind: 'redeliver' }>;

const ANSWER_WITHIN_MS = 1_000;

/** Takes messages as a service does, and does nothing with them: refuses them, or says nothing as one does that has died. */
export async function redeliver(
  connection: NatsConnection,
  { stream, messages, after }: Redelivery,
): Promise<void> {
  const asked = { timeout: ANSWER_WITHIN_MS, checkAPI: false };
  const js = jetstream(connection, asked);
  try {
    const manager = await jetstreamManager(connection, asked);
    const consumers = await Array.fromAsync(manager.consumers.list(stream));
    for (const { name, num_pending: waiting } of consumers) {
      if (waiting === 0) continue;
      const consumer = await js.consumers.get(stream, name);
      const taken = await consumer.fetch({ max_messages: messages, expires: ANSWER_WITHIN_MS });
      // Nobody says that no more will come when the server goes away meanwhile.
      const enough = setTimeout(() => taken.stop(), 2 * ANSWER_WITHIN_MS);
      for await (const message of taken) if (after === 'a refusal') message.nak();
      clearTimeout(enough);
    }
  } catch (error) {
    // The server is away: what it had handed out is delivered again by itself.
    if (!(error instanceof Error)) throw error;
  }
}
