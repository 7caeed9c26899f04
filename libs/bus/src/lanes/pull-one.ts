import type { Consumer, ConsumerMessages, JsMsg } from '@nats-io/jetstream';
import type { Subscription } from '@nats-io/nats-core';

/** The next message, or undefined when none came in that time or the signal aborted. One that came nevertheless is not lost. */
export async function pullOne(
  consumer: Consumer,
  expiresMs: number,
  signal: AbortSignal,
): Promise<JsMsg | undefined> {
  const messages = await consumer.fetch({ max_messages: 1, expires: expiresMs });
  const onAbort = (): void => void callOff(messages);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    for await (const msg of messages) return msg;
    return undefined;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/**
 * Ends a pull without losing what the server sends meanwhile: `stop` alone closes our end at once, and a message that is on its
 * way then stays with nobody for as long as it may be in work. So the server is told first, and what it sent until it
 * answers is taken.
 */
async function callOff(messages: ConsumerMessages): Promise<void> {
  // Without a connection there is nothing on its way.
  if (hasSubscription(messages)) await messages.sub.drain().catch(() => undefined);
  messages.stop();
}

/** The client's own subscription; its type does not show it. */
function hasSubscription(
  messages: ConsumerMessages,
): messages is ConsumerMessages & { readonly sub: Subscription } {
  return 'sub' in messages && typeof messages.sub === 'object' && messages.sub !== null;
}
