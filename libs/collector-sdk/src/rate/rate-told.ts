/** No quota lasts longer than a month: a greater number is a slip of the source, and may be more than a clock can hold. */
const LONGEST_RESET_MS = 31 * 86_400_000;

/** The time until a quota is whole, as far as a source can be believed. */
export function believableResetMs(toldMs: number): number {
  return Math.min(Math.ceil(toldMs), LONGEST_RESET_MS);
}

/** What an answer tells of the quota that it was counted in. */
export interface RateTold {
  /** How large the quota is, where it is told. */
  readonly limit?: number | undefined;
  readonly remaining: number;
  /** Until the quota is whole again. */
  readonly resetsInMs: number;
  /** What the quota is for within the source. */
  readonly entity?: string | undefined;
}
