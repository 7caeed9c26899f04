import type { JsMsg } from '@nats-io/jetstream';
import { headers as newHeaders } from '@nats-io/nats-core';
import { headerNames } from '@tidemark/contracts';
import type { Bus } from '../connect-bus.ts';
import { type CopyMarks, writeCopyMarks } from './copy-marks.ts';

const ANSWER_WITHIN_MS = 5_000;

/**
 * Puts a copy of a message behind the others in its stream, which the broker counts the deliveries of from one again; the
 * message itself is to be acked then. Without an id, since the copy is no duplicate: what is delivered twice changes nothing.
 */
export async function renewMessage(
  bus: Bus,
  stream: string,
  ...[msg, marks]: [msg: JsMsg, marks: CopyMarks]
): Promise<void> {
  const headers = newHeaders();
  for (const [name, values] of msg.headers ?? []) {
    if (name.startsWith('Nats-')) continue;
    for (const value of values) headers.append(name, value);
  }
  headers.set(headerNames.copy, writeCopyMarks(marks));
  const options = { headers, timeout: ANSWER_WITHIN_MS, expect: { streamName: stream } };
  await bus.js.publish(msg.subject, msg.data, options);
}
