// A walk over JSON as bytes. It accepts what JSON.parse accepts and nothing else, but makes no values: where a value
// begins and ends is all that is asked, so that texts of records can be cut and copied as they came.

const [QUOTE, BACKSLASH, MINUS, DOT, COMMA, COLON] = [34, 92, 45, 46, 44, 58];
const [ZERO, NINE, PLUS] = [48, 57, 43];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];
/** Deeper values are left to JSON.parse. */
const DEEPEST = 64;

/** Where the value that begins at `at` ends; -1 when there is none that JSON.parse would take, or it is nested too deeply. */
export function valueEnd(json: Uint8Array, at: number, depth = 0): number {
  switch (json[at] ?? 0) {
    case QUOTE:
      return stringEnd(json, at);
    case OPEN_OBJECT:
      return depth < DEEPEST ? objectEnd(json, at, depth + 1) : -1;
    case OPEN_ARRAY:
      return depth < DEEPEST ? arrayEnd(json, at, depth + 1) : -1;
    case 116:
      return wordEnd(json, at, 'true');
    case 102:
      return wordEnd(json, at, 'false');
    case 110:
      return wordEnd(json, at, 'null');
    default:
      return numberEnd(json, at);
  }
}

/** The first place from `at` on that is no blank. */
export function skipBlanks(json: Uint8Array, at: number): number {
  let place = at;
  // Nearly always there is none.
  if ((json[place] ?? 0) > 32) return place;
  for (let code = json[place]; code === 32 || code === 10 || code === 13 || code === 9;) {
    place += 1;
    code = json[place];
  }
  return place;
}

/** 1 for bytes that stand in a text for themselves: a look at this is all that most of them cost. */
const ordinary = Uint8Array.from({ length: 256 }, (_, code) =>
  code < 32 || code === QUOTE || code === BACKSLASH ? 0 : 1,
);

/** Where the text that begins with the quote at `at` ends; -1 when it does not. */
export function stringEnd(json: Uint8Array, at: number): number {
  let place = at + 1;
  for (;;) {
    while (ordinary[json[place] ?? 0] === 1) place += 1;
    const code = json[place];
    if (code === QUOTE) return place + 1;
    if (code !== BACKSLASH || !isEscape(json, place + 1)) return -1;
    place += 2;
  }
}

/** Where the next member or element begins, or -1 - the end of the whole when there is none; 0 when it is malformed. */
export function nextPlace(json: Uint8Array, at: number, close: number): number {
  const place = skipBlanks(json, at);
  if (json[place] === COMMA) return skipBlanks(json, place + 1);
  return json[place] === close ? -2 - place : 0;
}

/** Where the value of a member begins whose name ends at `at`; -1 when no colon follows. */
export function memberValue(json: Uint8Array, at: number): number {
  const colon = skipBlanks(json, at);
  return json[colon] === COLON ? skipBlanks(json, colon + 1) : -1;
}

function objectEnd(json: Uint8Array, at: number, depth: number): number {
  let place = skipBlanks(json, at + 1);
  if (json[place] === CLOSE_OBJECT) return place + 1;
  while (place > 0) {
    if (json[place] !== QUOTE) return -1;
    const nameEnd = stringEnd(json, place);
    const value = nameEnd < 0 ? -1 : memberValue(json, nameEnd);
    const end = value < 0 ? -1 : valueEnd(json, value, depth);
    if (end < 0) return -1;
    place = nextPlace(json, end, CLOSE_OBJECT);
  }
  return place === 0 ? -1 : -1 - place;
}

function arrayEnd(json: Uint8Array, at: number, depth: number): number {
  let place = skipBlanks(json, at + 1);
  if (json[place] === CLOSE_ARRAY) return place + 1;
  while (place > 0) {
    const end = valueEnd(json, place, depth);
    if (end < 0) return -1;
    place = nextPlace(json, end, CLOSE_ARRAY);
  }
  return place === 0 ? -1 : -1 - place;
}

function wordEnd(json: Uint8Array, at: number, word: string): number {
  for (let index = 1; index < word.length; index += 1) {
    if (json[at + index] !== word.charCodeAt(index)) return -1;
  }
  return at + word.length;
}

function numberEnd(json: Uint8Array, at: number): number {
  const whole = json[at] === MINUS ? at + 1 : at;
  let end = json[whole] === ZERO ? whole + 1 : digitsEnd(json, whole);
  if (end >= 0 && json[end] === DOT) end = digitsEnd(json, end + 1);
  if (end >= 0 && ((json[end] ?? 0) | 32) === 101) {
    const sign = json[end + 1];
    end = digitsEnd(json, sign === PLUS || sign === MINUS ? end + 2 : end + 1);
  }
  return end;
}

/** -1 when there is no digit. */
function digitsEnd(json: Uint8Array, at: number): number {
  let end = at;
  while (isDigit(json[end] ?? 0)) end += 1;
  return end === at ? -1 : end;
}

function isDigit(code: number): boolean {
  return code >= ZERO && code <= NINE;
}

const escapes = new Set(Buffer.from('"\\/bfnrtu'));

/** The four digits after \u are no quote and no backslash, so the walk goes on behind the letter. */
function isEscape(json: Uint8Array, at: number): boolean {
  const code = json[at] ?? 0;
  if (!escapes.has(code)) return false;
  if (code !== 117) return true;
  for (let place = at + 1; place <= at + 4; place += 1) {
    const hex = (json[place] ?? 0) | 32;
    if (!isDigit(json[place] ?? 0) && (hex < 97 || hex > 102)) return false;
  }
  return true;
}
