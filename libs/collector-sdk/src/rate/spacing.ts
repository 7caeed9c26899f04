import type { Rate } from '../definition/rate.ts';
import { durationToMicros } from '../duration.ts';

/** How requests are spaced, in microseconds. */
export interface Spacing {
  /** From one request to the next. */
  readonly intervalMicros: bigint;
  /** Time that was not used and is kept: so much earlier the next requests may come. */
  readonly slackMicros: bigint;
  /** So late after its turn a request may still be sent. */
  readonly bearMicros: bigint;
}

/** What the spacing is wider by, at most: requests are late on their way by a time that has nothing to do with `per`. */
const MARGIN_MICROS = 300_000n;

/**
 * The spacing that keeps a declared rate wherever the source counts: in fixed windows, in sliding ones, in a bucket. A
 * sliding window of exactly `per` is overrun by every request that was late when the one a whole window later is not, so the
 * spacing is 3 % wider. Of that a third may be caught up after a gap, the rest is for what is late on its way.
 */
export function spacingOf({ requests, per, burst }: Rate): Spacing | undefined {
  if (requests === undefined || per === undefined) return undefined;
  const perMicros = durationToMicros(per);
  const share = (perMicros * 3n) / 100n;
  const margin = share < MARGIN_MICROS ? share : MARGIN_MICROS;
  const intervalMicros = (perMicros + margin) / BigInt(requests);
  const credit = margin / 3n;
  return {
    intervalMicros,
    slackMicros: BigInt(burst - 1) * intervalMicros + credit,
    bearMicros: margin - credit,
  };
}
