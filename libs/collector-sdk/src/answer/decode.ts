import { CsvError, parse as parseCsv } from 'csv-parse/sync';
import type { HttpRequest } from '../definition/request.ts';
import { parseExact } from './parse-exact.ts';

type Decoder = HttpRequest['decoder'];

/** Why a text is not what the definition says it is. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

/** The value that an answer's text stands for; throws `DecodeError` when it is not of the decoder's form. */
export function decode(decoder: Decoder, text: string): unknown {
  switch (decoder.kind) {
    case 'json':
      return decodeJson(text);
    case 'ndjson':
      return decodeLines(text);
    case 'csv':
      return decodeCsv(decoder, text);
  }
}

function decodeJson(text: string): unknown {
  try {
    return parseExact(text);
  } catch (cause) {
    const looks = /^\s*</.test(text) ? 'it looks like XML or HTML' : 'it cannot be parsed';
    throw new DecodeError(`the answer is not JSON: ${looks}`, { cause });
  }
}

/** Blank lines are nothing; a line that cannot be parsed, such as a torn last one, is an error of the whole answer. */
function decodeLines(text: string): unknown[] {
  const values: unknown[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    try {
      values.push(parseExact(line));
    } catch (cause) {
      throw new DecodeError(`line ${index + 1} of the answer is not JSON`, { cause });
    }
  }
  return values;
}

function decodeCsv(
  { separator, quote }: Extract<Decoder, { kind: 'csv' }>,
  text: string,
): Record<string, string | null>[] {
  const [names, ...rows] = csvRows(text, separator, quote);
  if (!names) return [];
  const repeated = names.find((name, place) => names.indexOf(name) !== place);
  if (repeated !== undefined) {
    throw new DecodeError(`the header row of the answer names "${repeated}" twice`);
  }
  return rows.map((row) =>
    Object.fromEntries(names.map((name, place) => [name, row[place] || null])),
  );
}

/** Rows of one length; an answer without a line has none. */
function csvRows(text: string, separator: string, quote: string): string[][] {
  try {
    return parseCsv(text, {
      delimiter: separator,
      quote,
      escape: quote,
      record_delimiter: ['\r\n', '\n'],
      skip_empty_lines: true,
    });
  } catch (cause) {
    if (!(cause instanceof CsvError)) throw cause;
    // The parser's own message may hold a part of a row.
    const line = typeof cause['lines'] === 'number' ? `, line ${cause['lines']}` : '';
    throw new DecodeError(`the answer is not CSV: ${cause.code}${line}`, { cause });
  }
}
