import type { JsMsg } from '@nats-io/jetstream';
import { headers as newHeaders } from '@nats-io/nats-core';
import type { Bus } from '../connect-bus.ts';

const ANSWER_WITHIN_MS = 5_000;

/**
 * Puts a copy of a message behind the others in its stream, whose deliveries count from one again; the message itself is to
 * be acked then. Without an id, since the copy is no duplicate: what is delivered twice changes nothing.
 */
export async function renewMessage(bus: Bus, stream: string, msg: JsMsg): Promise<void> {
  const headers = newHeaders();
  for (const [name, values] of msg.headers ?? []) {
    if (name.startsWith('Nats-')) continue;
    for (const value of values) headers.append(name, value);
  }
  const options = { headers, timeout: ANSWER_WITHIN_MS, expect: { streamName: stream } };
  await bus.js.publish(msg.subject, msg.data, options);
}
