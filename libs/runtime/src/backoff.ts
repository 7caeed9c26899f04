export interface BackoffOptions {
  readonly baseMs?: number;
  readonly maxMs?: number;
  /** From 0 to 1; an argument so that tests can know it. */
  readonly random?: () => number;
}

/** How long to wait after the given failed attempt (from 1): doubling up to a maximum, between half of it and all of it. */
export function backoffMs(attempt: number, options: BackoffOptions = {}): number {
  const { baseMs = 500, maxMs = 30_000, random = Math.random } = options;
  // 2 ** 30 is far beyond any maximum and still a safe number.
  const doublings = Math.min(Math.max(attempt, 1) - 1, 30);
  const fullMs = Math.min(maxMs, baseMs * 2 ** doublings);
  return Math.round(fullMs * (0.5 + random() * 0.5));
}
