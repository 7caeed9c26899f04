import type { Definition, HttpDefinition } from '../definition/definition.ts';
import { isRawJson } from './raw-json.ts';
import { lookUp, textOf } from './look-up.ts';
import { parseExact } from './parse-exact.ts';

/** What one answer says, once it is known to be the answer of this request. */
export interface PageContent {
  readonly records: readonly unknown[];
  /** The whole answer, for what paging looks up in it. */
  readonly answer: unknown;
  /** What the source gives as the sign of a change; null when it gives none. */
  readonly signal: string | null;
}

/** Why an answer is no page. `flaky`: sources are known to give such answers now and then. */
export interface PageRefusal {
  readonly code: 'RESPONSE_INVALID' | 'SOURCE_REJECTED';
  readonly reason: string;
  readonly flaky: boolean;
}

/** Reads the records of an answer's text; says why when it is not what the definition says it is. */
export function readPage(
  definition: HttpDefinition,
  text: string,
): { readonly page: PageContent } | { readonly refusal: PageRefusal } {
  const parsed = parse(text);
  if ('refusal' in parsed) return parsed;
  const { answer } = parsed;
  const { errorAt, records: path } = definition.request;
  const told = errorAt === undefined ? undefined : lookUp(answer, errorAt);
  if (told !== undefined && told !== null) {
    return refuse('SOURCE_REJECTED', `the answer has an error at ${errorAt}`, false);
  }
  const records = lookUp(answer, path);
  if (records === undefined) {
    return refuse('RESPONSE_INVALID', `the answer has no records at ${path}`, true);
  }
  const page = { answer, signal: signalOf(definition, answer) };
  if (records === null) return { page: { ...page, records: [] } };
  if (Array.isArray(records)) return { page: { ...page, records } };
  if (typeof records === 'object' && !isRawJson(records)) {
    return { page: { ...page, records: [records] } };
  }
  return refuse('RESPONSE_INVALID', `there is no list of records at ${path}`, true);
}

function parse(text: string): { answer: unknown } | { refusal: PageRefusal } {
  try {
    return { answer: parseExact(text) };
  } catch {
    const looks = /^\s*</.test(text) ? 'it looks like XML or HTML' : 'it cannot be parsed';
    return refuse('RESPONSE_INVALID', `the answer is not JSON: ${looks}`, true);
  }
}

/** What an answer gives as the sign of a change; null when it gives none. */
export function signalOf(definition: Definition, answer: unknown): string | null {
  const { incremental } = definition;
  if (incremental.kind !== 'periods' || incremental.signal === undefined) return null;
  return textOf(lookUp(answer, incremental.signal)) ?? null;
}

function refuse(
  code: PageRefusal['code'],
  reason: string,
  flaky: boolean,
): { refusal: PageRefusal } {
  return { refusal: { code, reason, flaky } };
}
