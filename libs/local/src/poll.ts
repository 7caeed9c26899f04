import { setTimeout as delay } from 'node:timers/promises';

const INTERVAL_MS = 20;

/** Asks until the answer is true, or the time is over; tells which of the two. */
export async function poll(
  isDone: () => boolean | Promise<boolean>,
  timeoutMs: number,
): Promise<boolean> {
  const end = performance.now() + timeoutMs;
  while (!(await isDone())) {
    if (performance.now() >= end) return false;
    await delay(INTERVAL_MS);
  }
  return true;
}
