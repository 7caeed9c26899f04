/**
 * A server that was killed can have forgotten that a message is acked, and still know that it is removed. Nothing is
 * delivered any more, so nobody acks it: server 2.9 waits for it as long as the stream holds an older message, the ack floor
 * stands still below it, and what lies above that floor cannot be told from work (see `removeAcked`). So what a stream does
 * not hold any more is acked once more. For a message that nobody waits for this means nothing.
 */
import type { Bus } from './connect-bus.ts';
import type { ConsumerPlace } from './wait-for-topology.ts';

/** One call acks and looks at so many messages at most: the next one goes on. */
const MOST_ACKS = 10_000;
const MOST_LOOKS = 200;

/** Acks what was delivered and removed, and lies above the consumer's ack floor. */
export async function ackRemoved(bus: Bus, { stream, consumer }: ConsumerPlace): Promise<void> {
  const info = await bus.jsm.consumers.info(stream, consumer);
  const [floor, delivered] = [info.ack_floor.stream_seq, info.delivered.stream_seq];
  // Without gaps everything in between is in work. When nothing is, it takes one more ack to raise the floor.
  if (floor + info.num_ack_pending >= delivered) return;
  const last = Math.min(delivered, floor + MOST_ACKS);
  for (let [from, looks] = [floor + 1, 0]; from <= last && looks < MOST_LOOKS; looks += 1) {
    // What the server tells of its gaps is not all of them.
    const nextHeld = { seq: from, next_by_subj: '>' };
    const held = await bus.jsm.streams.getMessage(stream, nextHeld);
    const end = Math.min(held?.seq ?? last + 1, last + 1);
    for (let seq = from; seq < end; seq += 1) {
      // As a delivery names it: how often it was, its place in the stream, then what the server knows better.
      bus.nc.publish(`$JS.ACK.${stream}.${consumer}.1.${seq}.0.0.0`, '+ACK');
    }
    from = end + 1;
  }
}
