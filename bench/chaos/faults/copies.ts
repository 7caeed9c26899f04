import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { headers, type MsgHdrs, type NatsConnection } from '@nats-io/nats-core';
import type { WorkStream } from '../plan/fault.ts';
import type { Random } from '../random.ts';

interface StoredMessage {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly header: MsgHdrs;
}

interface Copy {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly headers: MsgHdrs;
  readonly id: string;
}

const KEPT_AT_MOST = 300;
const ANSWER_WITHIN_MS = 1_000;

/**
 * Takes copies of messages from the streams while they pass, and publishes them again later, under the same ids or under
 * others: those that are still on their way, and those of pages, chunks and runs that have long ended.
 */
export class Copies {
  readonly #connection: NatsConnection;
  readonly #random: Random;
  readonly #kept = new Map<WorkStream, Copy[]>();
  published = 0;

  constructor(connection: NatsConnection, random: Random) {
    this.#connection = connection;
    this.#random = random;
  }

  /** Keeps a copy of a message that the stream holds now, if it holds any. */
  async take(stream: WorkStream): Promise<void> {
    try {
      const manager = await jetstreamManager(this.#connection, {
        timeout: ANSWER_WITHIN_MS,
        checkAPI: false,
      });
      const { state } = await manager.streams.info(stream);
      if (state.messages === 0) return;
      const seq = this.#random.between(state.first_seq, state.last_seq);
      const message = await manager.streams.getMessage(stream, { seq });
      if (message) this.#keep(stream, message);
    } catch (error) {
      // The server is away, or the message went on while we asked: another one will do.
      if (!(error instanceof Error)) throw error;
    }
  }

  #keep(stream: WorkStream, { subject, data, header }: StoredMessage): void {
    const kept = this.#kept.get(stream) ?? [];
    this.#kept.set(stream, kept);
    if (kept.length >= KEPT_AT_MOST) kept.splice(this.#random.between(0, kept.length - 1), 1);
    kept.push({ subject, data, headers: header, id: header.get('Nats-Msg-Id') });
  }

  /** Publishes some of what was kept again. */
  async publish(
    stream: WorkStream,
    count: number,
    under: 'their ids' | 'other ids',
  ): Promise<void> {
    await this.take(stream);
    const kept = this.#kept.get(stream) ?? [];
    const js = jetstream(this.#connection, { timeout: ANSWER_WITHIN_MS });
    for (let at = 0; at < count && kept.length > 0; at += 1) {
      const copy = this.#random.pick(kept);
      const own = headers();
      for (const [name, values] of copy.headers) {
        for (const value of values) if (!name.startsWith('Nats-')) own.append(name, value);
      }
      // Commands that people publish have none.
      const msgID = (under === 'their ids' && copy.id) || crypto.randomUUID();
      try {
        await js.publish(copy.subject, copy.data, { headers: own, msgID });
        this.published += 1;
      } catch (error) {
        // No room or nobody there: a copy that is not made does no harm.
        if (!(error instanceof Error)) throw error;
      }
    }
  }
}
