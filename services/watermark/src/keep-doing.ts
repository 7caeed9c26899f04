import { sleep, type Logger } from '@tidemark/runtime';

export interface Chore {
  readonly what: string;
  readonly everyMs: number;
  run(): Promise<void>;
}

interface Loop {
  readonly logger: Logger;
  readonly signal: AbortSignal;
}

/** Does a chore again and again until the signal aborts. Trouble is told once, and so is its end. */
export async function keepDoing(chore: Chore, { logger, signal }: Loop): Promise<void> {
  let isTroubled = false;
  while (!signal.aborted) {
    try {
      await chore.run();
      if (isTroubled) logger.info({ chore: chore.what }, 'chore works again');
      isTroubled = false;
    } catch (error) {
      if (signal.aborted) return;
      if (!isTroubled)
        logger.warn({ err: error, chore: chore.what }, 'chore failed; it is tried again');
      isTroubled = true;
    }
    await sleep(chore.everyMs, signal).catch(() => undefined);
  }
}
