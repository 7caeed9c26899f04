import { sleep } from '@tidemark/runtime';
import { ackRemoved } from '../ack-removed.ts';
import type { Bus } from '../connect-bus.ts';
import { removeAcked } from '../remove-acked.ts';
import type { ConsumerPlace } from '../wait-for-topology.ts';

/** Often after a return of the server, seldom later: under load one look cannot tell that nothing is left. */
const FIRST_AFTER_MS = 500;
const SELDOM_MS = 60_000;

/** Puts right what a killed server knows only half, of messages that were acked; ends with the signal. */
export async function tidyAfterCrashes(
  bus: Bus,
  place: ConsumerPlace,
  signal: AbortSignal,
): Promise<void> {
  let wakeUp = new AbortController();
  let afterMs = FIRST_AFTER_MS;
  const unsubscribe = bus.onReconnect(() => {
    afterMs = FIRST_AFTER_MS;
    wakeUp.abort();
  });
  while (!signal.aborted) {
    wakeUp = new AbortController();
    const waitMs = afterMs;
    afterMs = Math.min(SELDOM_MS, afterMs * 2);
    await sleep(waitMs, AbortSignal.any([signal, wakeUp.signal])).catch(() => undefined);
    if (!wakeUp.signal.aborted && !signal.aborted) await tidy(bus, place);
  }
  unsubscribe();
}

async function tidy(bus: Bus, { stream, consumer }: ConsumerPlace): Promise<void> {
  try {
    await ackRemoved(bus, { stream, consumer });
    const removed = await removeAcked(bus, { stream, consumer });
    if (removed > 0)
      bus.logger.info({ stream, removed }, 'acked messages that came back are removed');
  } catch (error) {
    bus.logger.debug({ stream, consumer, err: error }, 'acked messages could not be looked for');
  }
}
