const notAValue = /^[+-]?(?:nan|nat|inf|infinity)$/i;
const blank = /^\s*$/;
/** The length of `-Infinity`. Longer blanks are rare enough to be a mistake. */
const LONGEST = 9;

/** Whether a value stands for "nothing" in a column that is not text: NaN, NaT, an infinity, an empty string. */
export function isAbsent(value: unknown): boolean {
  if (value === null || value === undefined) return true;
  if (typeof value === 'string') {
    return value.length <= LONGEST && (notAValue.test(value) || blank.test(value));
  }
  if (typeof value === 'number') return !Number.isFinite(value);
  return typeof value === 'function' || typeof value === 'symbol';
}
