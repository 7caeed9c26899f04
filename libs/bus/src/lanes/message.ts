import type { JsMsg } from '@nats-io/jetstream';
import type { Context } from '@opentelemetry/api';
import { headerNames } from '@tidemark/contracts';
import { extractContext } from '@tidemark/telemetry';
import { readCopyMarks } from './copy-marks.ts';

/** A message as its handler sees it: it cannot be acked, since only its lane does that. */
export interface Message {
  readonly subject: string;
  readonly data: Uint8Array;
  /** How often it was delivered, this time included; a copy of it goes on counting. */
  readonly deliveries: number;
  /** Its place in the stream; a copy keeps that of the first. */
  readonly streamSeq: number;
  /** The broker's clock when it took the message, the first one of copies: microseconds since 1970 UTC, as digits. */
  readonly publishedAtUs: string;
  /** Since when it waits, where the process before this one was stopped meanwhile: milliseconds since 1970. */
  readonly waitsSinceMs: number | undefined;
  /** The trace it belongs to. */
  readonly context: Context;
  /** A header's value; undefined when it is missing or empty. */
  get(header: string): string | undefined;
}

/** A delivered message, and what its copy keeps of the one before. */
export function readMessage(msg: JsMsg): Message {
  const get = (header: string): string | undefined => msg.headers?.get(header) || undefined;
  const first = readCopyMarks(get(headerNames.copy));
  return {
    subject: msg.subject,
    data: msg.data,
    deliveries: msg.info.deliveryCount + (first?.deliveries ?? 0),
    streamSeq: first?.streamSeq ?? msg.seq,
    publishedAtUs: first?.publishedAtUs ?? String(msg.timestampNanos / 1_000n),
    waitsSinceMs: first?.waitsSinceMs,
    context: extractContext(get),
    get,
  };
}
