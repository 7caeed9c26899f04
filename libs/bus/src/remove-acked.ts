/**
 * A server that was killed can bring acked messages of a queue back: it writes the removal of a message later than the
 * consumer's acks. They are delivered to nobody, since the consumer knows them as acked, but they take room and look like
 * work that is under way. Every message of these streams has exactly one consumer, so what lies at or below that
 * consumer's ack floor can go.
 */
import type { Bus } from './connect-bus.ts';
import type { ConsumerPlace } from './wait-for-topology.ts';
import { isNotFound } from './while-away.ts';

/** One call removes at most this many: the next one goes on. */
const MOST_AT_ONCE = 2_000;

/** Removes what a consumer has acked and its stream still holds; tells how much that was. */
export async function removeAcked(bus: Bus, { stream, consumer }: ConsumerPlace): Promise<number> {
  const info = await bus.jsm.consumers.info(stream, consumer).catch((error: unknown) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  // Without a consumer nothing was acked.
  if (!info) return 0;
  const { config, ack_floor, num_pending, num_ack_pending } = info;
  const filter = config.filter_subject || '>';
  const held = await messagesOn(bus, stream, filter);
  if (held <= num_pending + num_ack_pending) return 0;
  let removed = 0;
  for (const seq of await heldUpTo(bus, stream, ack_floor.stream_seq)) {
    if (filter !== '>' && !(await isOn(bus, stream, seq, filter))) continue;
    // One by one: server 2.9 forgets what is in work when a stream is purged up to a sequence.
    removed += (await bus.jsm.streams.deleteMessage(stream, seq, false).catch(() => false)) ? 1 : 0;
  }
  return removed;
}

async function heldUpTo(bus: Bus, stream: string, floor: number): Promise<number[]> {
  const { state } = await bus.jsm.streams.info(stream, { deleted_details: true });
  const gone = new Set(state.deleted ?? []);
  const held: number[] = [];
  for (let seq = state.first_seq; seq <= floor && held.length < MOST_AT_ONCE; seq += 1) {
    if (!gone.has(seq)) held.push(seq);
  }
  return held;
}

/** Whether a message is the consumer's own; a filter of ours ends in one free token. */
async function isOn(bus: Bus, stream: string, seq: number, filter: string): Promise<boolean> {
  const stored = await bus.jsm.streams.getMessage(stream, { seq }).catch(() => null);
  return stored?.subject.startsWith(filter.replace(/\*$/, '')) ?? false;
}

/** How many messages a stream holds on the subjects of a filter. */
export async function messagesOn(bus: Bus, stream: string, filter: string): Promise<number> {
  const { state } = await bus.jsm.streams.info(stream, { subjects_filter: filter });
  return Object.values(state.subjects ?? {}).reduce((sum, messages) => sum + messages, 0);
}
