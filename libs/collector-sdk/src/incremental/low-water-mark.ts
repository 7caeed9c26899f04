import type { PartitionState } from './plan.ts';

/** The end of the interval that contains the floor: up to here nothing is missing. */
export function lowWaterMark(covered: PartitionState['covered'], floor: string): string {
  const at = BigInt(floor);
  return covered.find(({ from, to }) => BigInt(from) <= at && at < BigInt(to))?.to ?? floor;
}

/** What lies at or above the floor and below the newest covered moment, and is not covered. */
export function holesAbove(
  covered: PartitionState['covered'],
  floor: string,
): { readonly from: string; readonly to: string }[] {
  const holes: { from: string; to: string }[] = [];
  let from = lowWaterMark(covered, floor);
  for (const interval of covered) {
    if (BigInt(interval.from) > BigInt(from)) holes.push({ from, to: interval.from });
    if (BigInt(interval.to) > BigInt(from)) from = interval.to;
  }
  return holes;
}
