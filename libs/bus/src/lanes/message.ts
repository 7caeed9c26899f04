import type { JsMsg } from '@nats-io/jetstream';
import type { Context } from '@opentelemetry/api';
import { extractContext } from '@tidemark/telemetry';

/** A message as its handler sees it: it cannot be acked, since only its lane does that. */
export interface Message {
  readonly subject: string;
  readonly data: Uint8Array;
  /** How often it was delivered, this time included. */
  readonly deliveries: number;
  readonly streamSeq: number;
  /** The broker's clock when it took the message: microseconds since 1970 UTC, as digits. */
  readonly publishedAtUs: string;
  /** The trace it belongs to. */
  readonly context: Context;
  /** A header's value; undefined when it is missing or empty. */
  get(header: string): string | undefined;
}

export function readMessage(msg: JsMsg): Message {
  const get = (header: string): string | undefined => msg.headers?.get(header) || undefined;
  return {
    subject: msg.subject,
    data: msg.data,
    deliveries: msg.info.deliveryCount,
    streamSeq: msg.seq,
    publishedAtUs: String(msg.timestampNanos / 1_000n),
    context: extractContext(get),
    get,
  };
}
