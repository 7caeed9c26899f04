// Nearly every instant comes as 2024-01-31T12:00:00.123456Z. A look at its bytes says so several times faster than a
// regular expression with groups, and without making a text; instants are a third of the work on a typical record.

const [ZERO, NINE, DASH, COLON, DOT] = [48, 57, 45, 58, 46];
const [T, SPACE, Z] = [84, 32, 90];
const SHORTEST = 20;
const LONGEST = 27;
/** The 29th of February needs a calendar. */
const daysOfMonths = Uint8Array.of(0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);
const scratch = Buffer.alloc(LONGEST);

/** Whether bytes are a valid UTC instant in its commonest form, of at most six decimals. False says nothing. */
export function isPlainInstant(bytes: Uint8Array, from: number, to: number): boolean {
  if (to - from < SHORTEST || to - from > LONGEST || bytes[to - 1] !== Z) return false;
  return hasPlainDay(bytes, from) && hasPlainTime(bytes, from) && hasPlainDecimals(bytes, from, to);
}

/** The same of a text. */
export function isPlainInstantText(text: string): boolean {
  if (text.length > LONGEST) return false;
  const bytes = scratch.write(text);
  // Other than ASCII takes more bytes, or has no room.
  return bytes === text.length && isPlainInstant(scratch, 0, bytes);
}

function hasPlainDay(bytes: Uint8Array, from: number): boolean {
  const month = twoDigits(bytes, from + 5);
  const day = twoDigits(bytes, from + 8);
  return (
    bytes[from + 4] === DASH &&
    bytes[from + 7] === DASH &&
    twoDigits(bytes, from) >= 1 &&
    twoDigits(bytes, from + 2) >= 0 &&
    day >= 1 &&
    month >= 1 &&
    day <= (daysOfMonths[month] ?? 0)
  );
}

function hasPlainTime(bytes: Uint8Array, from: number): boolean {
  const separator = bytes[from + 10];
  const hour = twoDigits(bytes, from + 11);
  const minute = twoDigits(bytes, from + 14);
  const second = twoDigits(bytes, from + 17);
  return (
    (separator === T || separator === SPACE) &&
    bytes[from + 13] === COLON &&
    bytes[from + 16] === COLON &&
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 59
  );
}

function hasPlainDecimals(bytes: Uint8Array, from: number, to: number): boolean {
  const last = to - 1;
  if (last === from + SHORTEST - 1) return true;
  if (bytes[from + 19] !== DOT || last === from + SHORTEST) return false;
  for (let place = from + SHORTEST; place < last; place += 1) {
    const code = bytes[place] ?? 0;
    if (code < ZERO || code > NINE) return false;
  }
  return true;
}

/** A number that orders the seconds of instants that are written like plain ones; NaN when the bytes are not. */
export function plainSecond(bytes: Uint8Array, from: number): number {
  if (bytes[from + 4] !== DASH || bytes[from + 13] !== COLON) return Number.NaN;
  const day =
    (twoDigits(bytes, from) * 100 + twoDigits(bytes, from + 2)) * 372 +
    twoDigits(bytes, from + 5) * 31 +
    twoDigits(bytes, from + 8);
  const minute = twoDigits(bytes, from + 11) * 60 + twoDigits(bytes, from + 14);
  return day * 86_400 + minute * 60 + twoDigits(bytes, from + 17);
}

/** -1 when they are none. */
function twoDigits(bytes: Uint8Array, place: number): number {
  const tens = (bytes[place] ?? 0) - ZERO;
  const ones = (bytes[place + 1] ?? 0) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}
