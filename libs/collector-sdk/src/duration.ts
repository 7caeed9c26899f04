const unitMicros: Readonly<Record<string, bigint>> = {
  ms: 1_000n,
  s: 1_000_000n,
  m: 60_000_000n,
  h: 3_600_000_000n,
  d: 86_400_000_000n,
};

/** A length of time such as `10m` in microseconds. */
export function durationToMicros(text: string): bigint {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  const micros = unit === undefined ? undefined : unitMicros[unit];
  if (amount === undefined || micros === undefined) {
    throw new TypeError(`"${text}" is not a length of time such as 30s or 7d`);
  }
  return BigInt(amount) * micros;
}

/** A length of time such as `10m` in milliseconds. */
export function durationToMs(text: string): number {
  return Number(durationToMicros(text) / 1_000n);
}

/** A length on the axis of a cursor: microseconds, or units of an integer. */
export function lengthToDigits(length: string | number): bigint {
  return typeof length === 'number' ? BigInt(length) : durationToMicros(length);
}
