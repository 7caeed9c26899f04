import type { Window } from '@tidemark/contracts';
import { durationToMicros, floorDigits, parseCursor } from '../cursor-format.ts';
import { lookUp, textOf } from '../answer/look-up.ts';
import type { Definition } from '../definition/definition.ts';

type Incremental = Extract<Definition['incremental'], { kind: 'cursor' }>;

/** When page 0 was asked, by PostgreSQL's clock and, where the answer tells it, by the source's own: µs as digits. */
export interface AskedMoment {
  readonly askedAtUs: string;
  readonly sourceUs: string | undefined;
}

/**
 * What a chunk covers at most, fixed by its page 0: the window's end, or the source's clock (never later than PostgreSQL's)
 * less `settle` if that is earlier, rounded down to what the cursor's format can say. A cursor that is not a time has no clock: there the
 * greatest value on page 0 stands for it, or nothing is covered.
 */
export function boundOf(
  definition: Definition,
  window: Window | null,
  moment: AskedMoment,
  records: readonly unknown[],
): string | null {
  const { incremental } = definition;
  if (incremental.kind !== 'cursor' || window === null) return null;
  const reached =
    incremental.unit === 'integer'
      ? greatestInteger(definition, incremental, records)
      : settled(incremental, moment);
  if (reached === undefined) return null;
  return window.to !== null && BigInt(window.to) <= reached ? window.to : reached.toString();
}

function settled(incremental: Incremental, moment: AskedMoment): bigint {
  // A source whose clock is ahead, by years perhaps, must not cover what has not happened yet: less only re-reads.
  const asked = BigInt(moment.askedAtUs);
  const source = BigInt(moment.sourceUs ?? moment.askedAtUs);
  const now = source < asked ? source : asked;
  const upTo = (now - durationToMicros(incremental.settle)).toString();
  return BigInt(floorDigits(upTo, incremental.format));
}

function greatestInteger(
  definition: Definition,
  incremental: Incremental,
  records: readonly unknown[],
): bigint | undefined {
  const { target } = definition;
  const declared = target.kind === 'table' ? target.fields[incremental.field]?.path : undefined;
  let greatest: bigint | undefined;
  for (const record of records) {
    const text = textOf(lookUp(record, declared ?? incremental.field));
    const digits = text === undefined ? undefined : parseCursor(text, 'integer');
    if (digits === undefined) continue;
    const value = BigInt(digits);
    if (greatest === undefined || value > greatest) greatest = value;
  }
  return greatest;
}
