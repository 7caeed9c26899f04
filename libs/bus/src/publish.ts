import { JetStreamApiError, type PubAck } from '@nats-io/jetstream';
import { errors, headers as newHeaders } from '@nats-io/nats-core';
import { SpanKind } from '@opentelemetry/api';
import { backoffMs, sleep, TerminalError, TransientError, unlessAborted } from '@tidemark/runtime';
import { traceHeaders, withSpan } from '@tidemark/telemetry';
import { countPublished, countPublishWait } from './bus-metrics.ts';
import type { Bus } from './connect-bus.ts';
import { publishAttributes } from './span-attributes.ts';
import { subjectTemplate } from './topology.ts';
import { isAway } from './while-away.ts';

export interface Publication {
  readonly subject: string;
  readonly data: Uint8Array | string;
  readonly headers?: readonly (readonly [string, string])[];
  /** Names the content: the same id always carries the same message. */
  readonly id: string;
  readonly stream: string;
  readonly signal: AbortSignal;
}

const ANSWER_WITHIN_MS = 5_000;
/** A wait that lasts longer is told, once. */
const TELL_AFTER_MS = 10_000;

/**
 * Publishes until the stream has the message: an answer that does not come, a server that is away and a stream that is full
 * are waited for with the same id. Rejects when the signal aborts, or when the server refuses the message for what it is.
 */
export function publish(bus: Bus, publication: Publication): Promise<PubAck> {
  const { subject } = publication;
  const settings = { kind: SpanKind.PRODUCER, attributes: publishAttributes(publication) };
  return withSpan(`publish ${subjectTemplate(subject)}`, settings, async () => {
    const ack = await publishUntilStored(bus, publication);
    countPublished(subject, ack.duplicate);
    return ack;
  });
}

async function publishUntilStored(bus: Bus, publication: Publication): Promise<PubAck> {
  const { subject, data, id, stream, signal } = publication;
  const headers = newHeaders();
  for (const [name, value] of [...(publication.headers ?? []), ...Object.entries(traceHeaders())]) {
    headers.set(name, value);
  }
  const options = { msgID: id, headers, timeout: ANSWER_WITHIN_MS, expect: { streamName: stream } };
  const waiting = new Wait(bus, subject);
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      const ack = await unlessAborted(signal, bus.js.publish(subject, data, options));
      waiting.over();
      return ack;
    } catch (error) {
      signal.throwIfAborted();
      const reason = waitReason(error, publication);
      waiting.because(reason, error);
      await sleep(
        backoffMs(attempt, { baseMs: 25, maxMs: reason === 'full' ? 1_000 : 3_000 }),
        signal,
      );
    }
  }
}

/** Codes of a stream or a server that has no room now. */
const noRoomCodes = [10023, 10047, 10077, 10122];
const TOO_LARGE = 10054;

/** Why it is worth trying again; throws when it is not. */
function waitReason(error: unknown, { subject, stream, data }: Publication): 'full' | 'away' {
  if (error instanceof JetStreamApiError && noRoomCodes.includes(error.code)) return 'full';
  if (isAway(error)) return 'away';
  const said = error instanceof Error ? error.message : String(error);
  const isTooLarge =
    (error instanceof JetStreamApiError && error.code === TOO_LARGE) ||
    (error instanceof errors.InvalidArgumentError && /payload/i.test(said));
  if (isTooLarge) {
    const reason = `a message of ${Buffer.byteLength(data)} bytes for ${subject} is larger than NATS takes: ${said}`;
    throw new TerminalError('MESSAGE_INVALID', reason, { cause: error });
  }
  // A closed connection, a missing right, another stream under the subject: not the message's fault, so it is not given up.
  const reason = `cannot publish ${subject} to ${stream}: ${said}`;
  throw new TransientError('BUS_UNAVAILABLE', reason, { cause: error });
}

/** Tells once that publishing waits for long, and once that it is over. */
class Wait {
  readonly #bus: Bus;
  readonly #subject: string;
  readonly #since = performance.now();
  #told = false;

  constructor(bus: Bus, subject: string) {
    this.#bus = bus;
    this.#subject = subject;
  }

  because(reason: 'full' | 'away', error: unknown): void {
    countPublishWait(this.#subject, reason);
    if (this.#told || performance.now() - this.#since < TELL_AFTER_MS) return;
    this.#told = true;
    this.#bus.logger.warn({ subject: this.#subject, reason, err: error }, 'publishing waits');
  }

  over(): void {
    if (this.#told) this.#bus.logger.info({ subject: this.#subject }, 'publishing goes on');
  }
}
