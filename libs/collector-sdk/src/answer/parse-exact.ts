import { parseWithSource, rawJson } from './raw-json.ts';

/** A double keeps every decimal of at most this many digits. */
const SAFE_DIGITS = 15;
const RUN = SAFE_DIGITS + 1;

/**
 * Parses JSON so that no digit is lost. Almost no text has a long number: a cheap look at every sixteenth character finds
 * those that may, and only they are parsed by their source text. There, a number that a double cannot hold becomes what
 * `JSON.rawJSON` makes: `JSON.stringify` writes it back digit for digit.
 */
export function parseExact(text: string): unknown {
  if (!hasLongRun(text) && !hasLargeExponent(text)) return JSON.parse(text);
  return parseWithSource(text, keepDigits);
}

function keepDigits(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || source === undefined) return value;
  return fitsDouble(source, value) ? value : rawJson(source);
}

function fitsDouble(source: string, value: number): boolean {
  const digits = source.replace(/[eE].*$/, '').replace(/\D/g, '');
  if (digits.length > SAFE_DIGITS) return false;
  if (!/[eE]/.test(source)) return true;
  const size = Math.abs(value);
  return size === 0 ? /^0*$/.test(digits) : size > 1e-290 && size < 1e290;
}

/** Whether the text has 16 or more digits and dots in a row; every such run covers one of the places looked at. */
export function hasLongRun(text: string): boolean {
  for (let at = RUN - 1; at < text.length; at += RUN) {
    if (isDigitOrDot(text.charCodeAt(at)) && runAround(text, at) >= RUN) return true;
  }
  return false;
}

function runAround(text: string, at: number): number {
  let from = at;
  let to = at + 1;
  while (from > 0 && isDigitOrDot(text.charCodeAt(from - 1))) from -= 1;
  while (to < text.length && to - from < RUN && isDigitOrDot(text.charCodeAt(to))) to += 1;
  return to - from;
}

function isDigitOrDot(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 46;
}

/** A short number whose exponent has three digits may be too large or too small for a double. */
function hasLargeExponent(text: string): boolean {
  return /(?:^|[:,[\s])-?\d[\d.]*[eE][+-]?\d{3}/.test(text);
}
