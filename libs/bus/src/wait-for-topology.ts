import { sleep } from '@tidemark/runtime';
import type { Bus } from './connect-bus.ts';
import { isNotFound, whileAway } from './while-away.ts';

export interface ConsumerPlace {
  readonly stream: string;
  readonly consumer: string;
}

const ASK_EVERY_MS = 500;

/** Waits until the stream and its consumer exist: the watermark service makes them, whoever starts first. */
export async function waitForTopology(
  bus: Bus,
  what: ConsumerPlace,
  signal?: AbortSignal,
): Promise<void> {
  const options = { what: `${what.stream} ${what.consumer}`, logger: bus.logger, signal };
  for (let asked = 1; ; asked += 1) {
    if (await whileAway(() => exists(bus, what), options)) return;
    if (asked === 20) bus.logger.warn({ ...what }, 'waiting for the watermark service to make it');
    await sleep(ASK_EVERY_MS, signal);
  }
}

async function exists(bus: Bus, { stream, consumer }: ConsumerPlace): Promise<boolean> {
  try {
    await bus.jsm.consumers.info(stream, consumer);
    return true;
  } catch (error) {
    if (isNotFound(error)) return false;
    throw error;
  }
}
