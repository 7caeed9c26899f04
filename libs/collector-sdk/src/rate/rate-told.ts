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
