import type { Consumer, JsMsg } from '@nats-io/jetstream';

/** The next message, or undefined when none came in that time or the signal aborted. One that came nevertheless is not lost. */
export async function pullOne(
  consumer: Consumer,
  expiresMs: number,
  signal: AbortSignal,
): Promise<JsMsg | undefined> {
  const messages = await consumer.fetch({ max_messages: 1, expires: expiresMs });
  // What arrived before the stop stands in front of it in the queue.
  const onAbort = (): void => messages.stop();
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const msg of messages) return msg;
    return undefined;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
