import { setTimeout as delay } from 'node:timers/promises';
import type { World } from '../world/start-world.ts';

const EVERY_MS = 100;

/** Lets life go on in the sources until the signal aborts. */
export async function keepChanging({ shop, ledger }: World, signal: AbortSignal): Promise<void> {
  const inLedger = (async () => {
    while (!signal.aborted) {
      await ledger.change();
      await pause(signal);
    }
  })();
  while (!signal.aborted) {
    shop.change();
    await pause(signal);
  }
  await inLedger;
}

async function pause(signal: AbortSignal): Promise<void> {
  await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
}
