/** Throws when something holds that the program was written not to let happen: a bug, not a condition of the world. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new Error(`bug: ${message}`);
}

/** The value itself, once it is known to be there. */
export function must<T>(value: T, message = 'a value is missing'): NonNullable<T> {
  assert(value !== null && value !== undefined, message);
  return value;
}
