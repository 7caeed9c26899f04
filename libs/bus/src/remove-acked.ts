/**
 * A server that was killed can bring acked messages of a queue back: it writes the removal of a message later than the
 * consumer's acks. They are delivered to nobody, since the consumer knows them as acked, but they take room and look like
 * work that is under way. Every message of these streams has exactly one consumer, so what lies at or below that
 * consumer's ack floor can go.
 */
import type { Bus } from './connect-bus.ts';
import type { ConsumerPlace } from './wait-for-topology.ts';

/** Removes what a consumer has acked and its stream still holds; tells how much that was. */
export async function removeAcked(bus: Bus, { stream, consumer }: ConsumerPlace): Promise<number> {
  const { config, ack_floor, num_pending, num_ack_pending } = await bus.jsm.consumers.info(
    stream,
    consumer,
  );
  const filter = config.filter_subject || '>';
  const held = await messagesOn(bus, stream, filter);
  if (held <= num_pending + num_ack_pending) return 0;
  const { purged } = await bus.jsm.streams.purge(stream, {
    seq: ack_floor.stream_seq + 1,
    ...(filter === '>' ? {} : { filter }),
  });
  return purged;
}

/** How many messages a stream holds on the subjects of a filter. */
export async function messagesOn(bus: Bus, stream: string, filter: string): Promise<number> {
  const { state } = await bus.jsm.streams.info(stream, { subjects_filter: filter });
  return Object.values(state.subjects ?? {}).reduce((sum, messages) => sum + messages, 0);
}
