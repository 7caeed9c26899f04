// Nearly every instant comes as 2024-01-31T12:00:00.123456Z. A look at its characters says so several times faster
// than a regular expression with groups, and instants are a third of the work on a typical record.

const [ZERO, NINE, DASH, COLON, DOT] = [48, 57, 45, 58, 46];
const [T, SPACE, Z] = [84, 32, 90];
const SHORTEST = 20;
const LONGEST = 27;

/** Whether a text is a valid UTC instant in its commonest form, of at most six decimals. False says nothing. */
export function isPlainInstant(text: string): boolean {
  const last = text.length - 1;
  if (last + 1 < SHORTEST || last + 1 > LONGEST || text.charCodeAt(last) !== Z) return false;
  return hasPlainDay(text) && hasPlainTime(text) && hasPlainDecimals(text, last);
}

function hasPlainDay(text: string): boolean {
  const month = twoDigits(text, 5);
  const day = twoDigits(text, 8);
  return (
    text.charCodeAt(4) === DASH &&
    text.charCodeAt(7) === DASH &&
    twoDigits(text, 0) >= 1 &&
    twoDigits(text, 2) >= 0 &&
    month >= 1 &&
    month <= 12 &&
    day >= 1 &&
    // The last days of months need a calendar.
    day <= 28
  );
}

function hasPlainTime(text: string): boolean {
  const separator = text.charCodeAt(10);
  const [hour, minute, second] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)];
  return (
    (separator === T || separator === SPACE) &&
    text.charCodeAt(13) === COLON &&
    text.charCodeAt(16) === COLON &&
    hour >= 0 &&
    hour <= 23 &&
    minute >= 0 &&
    minute <= 59 &&
    second >= 0 &&
    second <= 59
  );
}

function hasPlainDecimals(text: string, last: number): boolean {
  if (last === SHORTEST - 1) return true;
  if (text.charCodeAt(19) !== DOT || last === SHORTEST) return false;
  for (let place = 20; place < last; place += 1) {
    const code = text.charCodeAt(place);
    if (code < ZERO || code > NINE) return false;
  }
  return true;
}

function twoDigits(text: string, place: number): number {
  const tens = text.charCodeAt(place) - ZERO;
  const ones = text.charCodeAt(place + 1) - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : -1;
}
