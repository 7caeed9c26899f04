import { type EventKind, eventSubject } from '@tidemark/contracts';
import { traceHeaders } from '@tidemark/telemetry';
import { headers as newHeaders } from '@nats-io/nats-core';
import type { Bus } from './connect-bus.ts';

const ANSWER_WITHIN_MS = 2_000;

/** Tells people and user interfaces that something happened: a hint that may get lost, and never a reason to fail or to wait long. */
export async function publishEvent(
  bus: Bus,
  kind: EventKind,
  collector: string,
  payload: object,
): Promise<void> {
  const subject = eventSubject(kind, collector);
  const headers = newHeaders();
  for (const [name, value] of Object.entries(traceHeaders())) headers.set(name, value);
  for (let attempt = 1; attempt <= 2 && bus.isConnected(); attempt += 1) {
    try {
      await bus.js.publish(subject, JSON.stringify(payload), {
        headers,
        timeout: ANSWER_WITHIN_MS,
      });
      return;
    } catch (error) {
      bus.logger.debug({ subject, err: error }, 'an event was not published');
    }
  }
}
