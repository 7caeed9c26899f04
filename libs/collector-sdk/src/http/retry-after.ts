/** What a `Retry-After` header asks to wait: seconds, or a date on the source's own clock; undefined when it says neither. */
export function retryAfterMs(header: string | undefined, sourceNowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const text = header.trim();
  if (/^\d{1,9}(\.\d+)?$/.test(text)) return Math.ceil(Number(text) * 1_000);
  const dateMs = Date.parse(text);
  return Number.isNaN(dateMs) ? undefined : Math.max(0, dateMs - sourceNowMs);
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
