import { CsvError, parse as parseCsv } from 'csv-parse/sync';
import type { HttpRequest } from '../definition/request.ts';
import { jsonSize, MAX_DEPTH, MAX_HEAP_BYTES } from './json-size.ts';
import { parseExact } from './parse-exact.ts';

type Decoder = HttpRequest['decoder'];

/** Why a text is not what the definition says it is. */
export class DecodeError extends Error {
  override readonly name: string = 'DecodeError';
}

/** A text that would take too much memory as what it says. */
export class TooMuchError extends DecodeError {
  override readonly name = 'TooMuchError';
}

/**
 * The value that an answer's text stands for; throws `DecodeError` when it is not of the decoder's form. A header row has to
 * name the `needed` columns: any other text is a table too, of no rows perhaps.
 */
export function decode(decoder: Decoder, text: string, needed: readonly string[] = []): unknown {
  switch (decoder.kind) {
    case 'json':
      return decodeJson(text);
    case 'ndjson':
      return decodeLines(text);
    case 'csv':
      return decodeCsv(decoder, text, needed);
  }
}

function decodeJson(text: string): unknown {
  // Few texts are so long that they may be too much.
  if (text.length > MAX_DEPTH) countIn(0, text);
  try {
    return parseExact(text);
  } catch (cause) {
    const looks = looksLikeHtml(text) ? 'it looks like XML or HTML' : 'it cannot be parsed';
    throw new DecodeError(`the answer is not JSON: ${looks}`, { cause });
  }
}

function looksLikeHtml(text: string): boolean {
  return /^\s*</.test(text);
}

/** Adds to what an answer takes so far what one more text of it does. */
function countIn(heapBytes: number, text: string): number {
  const size = jsonSize(text);
  if (size.depth > MAX_DEPTH) {
    throw new DecodeError(`the answer is nested deeper than ${MAX_DEPTH} levels`);
  }
  const sum = heapBytes + size.heapBytes;
  if (sum > MAX_HEAP_BYTES) throw tooMany('values than fit the memory');
  return sum;
}

function tooMany(what: string): TooMuchError {
  return new TooMuchError(`the answer has more ${what}: ask for smaller pages`);
}

/** Blank lines are nothing; a line that cannot be parsed, such as a torn last one, is an error of the whole answer. */
function decodeLines(text: string): unknown[] {
  const values: unknown[] = [];
  let heapBytes = 0;
  let index = 0;
  for (const line of linesOf(text)) {
    index += 1;
    if (line.trim() === '') continue;
    heapBytes = countIn(heapBytes, line);
    try {
      values.push(parseExact(line));
    } catch (cause) {
      throw new DecodeError(`line ${index} of the answer is not JSON`, { cause });
    }
  }
  return values;
}

/** One by one: a list of them all would be larger than the text. */
function* linesOf(text: string): Generator<string> {
  for (let from = 0; from <= text.length;) {
    const found = text.indexOf('\n', from);
    const to = found < 0 ? text.length : found;
    yield text.slice(from, to);
    from = to + 1;
  }
}

function decodeCsv(
  { separator, quote }: Extract<Decoder, { kind: 'csv' }>,
  text: string,
  needed: readonly string[],
): Record<string, string | null>[] {
  if (looksLikeHtml(text))
    throw new DecodeError('the answer is not CSV: it looks like XML or HTML');
  const [names, ...rows] = csvRows(text, separator, quote);
  if (!names) return [];
  const known = new Set<string>();
  for (const name of names) {
    // All rows would be taken for one.
    if (/\r(?!\n)/.test(name))
      throw new DecodeError('the answer is not CSV: its lines end with a bare CR');
    if (known.has(name)) {
      const shown = JSON.stringify(name.slice(0, 100));
      throw new DecodeError(`the header row of the answer names ${shown} twice`);
    }
    known.add(name);
  }
  const missing = needed.find((name) => !known.has(name));
  if (missing !== undefined) {
    throw new DecodeError(
      `the answer is not the CSV that is declared: its first row has no "${missing}"`,
    );
  }
  return rows.map((row) =>
    Object.fromEntries(names.map((name, place) => [name, row[place] || null])),
  );
}

/** A row is one record, whose text would not fit a message. */
const MAX_ROW_BYTES = 1_048_576;
/** Values of all rows: each takes several times the memory of the comma that stands for an empty one. */
const MAX_CELLS = 1_000_000;

/** Rows of one length; an answer without a line has none. */
function csvRows(text: string, separator: string, quote: string): string[][] {
  // Before the parser makes a value of each; those in quotes are so few that they may count too.
  const cells = occurrences(text, separator) + occurrences(text, '\n');
  if (cells > MAX_CELLS) throw tooMany(`than ${MAX_CELLS} values`);
  try {
    return parseCsv(text, {
      delimiter: separator,
      quote,
      escape: quote,
      record_delimiter: ['\r\n', '\n'],
      skip_empty_lines: true,
      max_record_size: MAX_ROW_BYTES,
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    // The parser's own message may hold a part of a row.
    const line = typeof cause['lines'] === 'number' ? `, line ${cause['lines']}` : '';
    throw new DecodeError(`the answer is not CSV: ${cause.code}${line}`, { cause });
  }
}

function occurrences(text: string, character: string): number {
  let count = 0;
  for (let at = text.indexOf(character); at >= 0; at = text.indexOf(character, at + 1)) count += 1;
  return count;
}
