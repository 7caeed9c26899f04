/** What a `Retry-After` header asks to wait: seconds, or a date on the source's own clock; undefined when it says neither. */
export function retryAfterMs(header: string | undefined, sourceNowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - sourceNowMs);
}

/** A longer pause is asked about once a day: a slip of the source must not stop its collectors for years. */
const LONGEST_PAUSE_MS = 86_400_000;

/** How long to wait by a `Retry-After` header; undefined where it does not say, or says no time at all, which would never end. */
export function pauseMsOf(header: string | undefined, sourceNowMs: number): number | undefined {
  const askedMs = retryAfterMs(header, sourceNowMs);
  return askedMs === undefined || askedMs === 0 ? undefined : Math.min(askedMs, LONGEST_PAUSE_MS);
}

/** The source's own clock in µs, from `Date` less `Age`; undefined when it does not tell. */
export function sourceClockUs(
  date: string | undefined,
  age: string | undefined,
): bigint | undefined {
  const dateMs = date === undefined ? Number.NaN : Date.parse(date);
  if (Number.isNaN(dateMs)) return undefined;
  const ageSeconds = age !== undefined && /^\d{1,9}$/.test(age.trim()) ? Number(age) : 0;
  return BigInt(dateMs - ageSeconds * 1_000) * 1_000n;
}
