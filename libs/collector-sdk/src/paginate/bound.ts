import type { Window } from '@tidemark/contracts';
import { floorDiv } from '../calendar.ts';
import { durationToMicros, floorDigits } from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';

/** When page 0 was asked, by PostgreSQL's clock and, where the answer tells it, by the source's own: µs as digits. */
export interface AskedMoment {
  readonly askedAtUs: string;
  readonly sourceUs: string | undefined;
}

const SECOND = 1_000_000n;

/**
 * What a chunk covers at most, fixed by its page 0: the window's end, or the source's clock (never later than PostgreSQL's)
 * less `settle` if that is earlier, rounded down to what the cursor's format can say, and to a whole second: many sources
 * keep whole seconds only, so what is changed a moment later may be dated back to the begin of its second. No record has a
 * say in it, so one that is dated into the future moves nothing. A cursor that is not a time has no clock: `seenValues` tells what it covers.
 */
export function boundOf(
  { incremental }: Definition,
  window: Window | null,
  moment: AskedMoment,
): string | null {
  if (incremental.kind !== 'cursor' || incremental.unit !== 'time' || !window) return null;
  // A source whose clock is ahead, by years perhaps, must not cover what has not happened yet: less only re-reads.
  const asked = BigInt(moment.askedAtUs);
  const source = BigInt(moment.sourceUs ?? moment.askedAtUs);
  const now = source < asked ? source : asked;
  const settled = (now - durationToMicros(incremental.settle)).toString();
  const written = floorDigits(settled, incremental.format, incremental.zone);
  const reached = (floorDiv(BigInt(written), SECOND) * SECOND).toString();
  return window.to !== null && BigInt(window.to) <= BigInt(reached) ? window.to : reached;
}
