import { v5 } from 'uuid';

const namespace = '6d1f3b62-2f0c-5c1e-9a55-0d5f2c7be8a1';

/** The id that a message decides by itself: the same each time it is delivered, another one for every other message. */
export function messageTriggerId(message: {
  readonly stream: string;
  readonly streamSeq: number;
  readonly publishedAtUs: string;
}): string {
  // The time belongs to it: a stream restored from a backup gives the same sequences again.
  return v5(`${message.stream}.${message.streamSeq}.${message.publishedAtUs}`, namespace);
}

/** The id of one tick of a collector's schedule, the same for every replica. */
export function tickTriggerId(collector: string, tickMs: number): string {
  return v5(`schedule.${collector}.${tickMs}`, namespace);
}
