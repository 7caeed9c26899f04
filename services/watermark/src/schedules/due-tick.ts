import type { Definition } from '@tidemark/collector-sdk';
import { Cron } from 'croner';

interface Clock {
  readonly nowMs: number;
  /** Ticks up to here are not made up for. */
  readonly afterMs: number;
}

/** The newest tick of a schedule that is due, in milliseconds since 1970; of several missed ones only the last. */
export function dueTick(
  { cron, zone }: NonNullable<Definition['schedule']>,
  { nowMs, afterMs }: Clock,
): number | undefined {
  const pattern = new Cron(cron, { timezone: zone, paused: true });
  // The search is for ticks before a moment, and a tick of this very second counts.
  const [tick] = pattern.previousRuns(1, new Date(nowMs + 1));
  const tickMs = tick?.getTime();
  return tickMs !== undefined && tickMs > afterMs && tickMs <= nowMs ? tickMs : undefined;
}
