import { setImmediate as nextTurn } from 'node:timers/promises';

/** Heartbeats of the lanes must go out while a batch is mapped. */
const TURN_MS = 20;

/** Lets other work run once the current turn of the event loop has taken long enough. */
export interface Pace {
  isDue(): boolean;
  yield(): Promise<void>;
}

export function createPace(now: () => number = () => performance.now()): Pace {
  let turnStartedMs = now();
  return {
    isDue: () => now() - turnStartedMs >= TURN_MS,
    yield: async () => {
      await nextTurn();
      turnStartedMs = now();
    },
  };
}
