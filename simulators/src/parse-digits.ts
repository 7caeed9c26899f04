/** Parses JSON with every number as the text of its digits, so that none is rounded. */
export function parseKeepingDigits(text: string): unknown {
  // The library's type of the reviver does not know its third parameter yet.
  return JSON.parse(text, keepDigits as (key: string, value: unknown) => unknown);
}

function keepDigits(_key: string, value: unknown, context: { source?: string }): unknown {
  return typeof value === 'number' ? context.source : value;
}
