import { MAX_BATCH_RECORDS } from '@tidemark/contracts';
import type { HttpDefinition } from '../definition/definition.ts';
import { MAX_PART_BYTES, MAX_RECORD_BYTES } from './cut-parts.ts';
import { findRecords, type FoundRecords } from './find-records.ts';
import { jsonSize, MAX_HEAP_BYTES } from './json-size.ts';
import { lookUp } from './look-up.ts';
import { parseExact } from './parse-exact.ts';
import { bodyPaths } from '../paginate/told.ts';
import { signalOf } from './read-page.ts';

/** A part of a page whose records are the source's own text. */
export interface TextPart {
  /** JSON array of the records, as they came. */
  readonly records: Uint8Array;
  readonly rejects: '[]';
  readonly recordCount: number;
  readonly rejectCount: 0;
}

/** What one answer says, its records cut into parts without being parsed. */
export interface CutAnswer {
  readonly parts: readonly TextPart[];
  readonly recordCount: number;
  /** The whole answer but for its records, for what paging looks up in it. */
  readonly answer: unknown;
  readonly signal: string | null;
  /** The last record, where the next page goes on behind it. */
  readonly lastRecord?: unknown;
}

/**
 * Cuts an answer into parts by the places of its records, so that digits survive and nothing is made only to be written
 * again. Undefined when the answer is not a plain one (`findRecords`), has an error, a record that may not travel, too much
 * around its records, or something to be looked up among them: `readPage` and `cutParts` then tell what it is.
 */
export function cutAnswer(definition: HttpDefinition, json: Buffer): CutAnswer | undefined {
  const { errorAt, records: path } = definition.request;
  if (!hasPlainRecords(definition.request) || looksIntoRecords(definition)) return undefined;
  const found = findRecords(json, path);
  if (!found) return undefined;
  const around = `${json.toString('utf8', 0, found.from)}[]${json.toString('utf8', found.to)}`;
  if (jsonSize(around).heapBytes > MAX_HEAP_BYTES) return undefined;
  const answer = parseExact(around);
  if (errorAt !== undefined && (lookUp(answer, errorAt) ?? null) !== null) return undefined;
  const parts = cutTexts(json, found);
  const recordCount = found.places.length / 2;
  const lastRecord = definition.paginate.kind === 'keyset' ? lastOf(json, found) : undefined;
  return parts && { parts, recordCount, answer, signal: signalOf(definition, answer), lastRecord };
}

function lastOf(json: Buffer, { places }: FoundRecords): unknown {
  const [from, to] = places.slice(-2);
  return from === undefined ? undefined : parseExact(json.toString('utf8', from, to));
}

/** Whether the records stand in the answer as they will travel. */
function hasPlainRecords({ decoder, shape, attach }: HttpDefinition['request']): boolean {
  return decoder.kind === 'json' && shape === 'rows' && Object.keys(attach).length === 0;
}

function looksIntoRecords({ request, incremental, paginate }: HttpDefinition): boolean {
  if (incremental.kind === 'cursor' && incremental.unit === 'integer') return true;
  if (incremental.kind === 'worklist') return true;
  if (paginate.kind === 'offset' && paginate.drift?.by === 'overlap') return true;
  const paths = [
    request.errorAt,
    incremental.kind === 'periods' ? incremental.signal : undefined,
    incremental.kind === 'token' ? incremental.next : undefined,
    ...bodyPaths(paginate),
  ];
  const { records } = request;
  return paths.some(
    (path) =>
      path !== undefined && (records === '$' || path === records || path.startsWith(`${records}.`)),
  );
}

/** Cuts texts of records at their places into parts; undefined when one is too long to travel, or all do not fit one part. */
export function cutTexts(json: Buffer, { from, to, places }: FoundRecords): TextPart[] | undefined {
  const parts: TextPart[] = [];
  let first = 0;
  for (let next = 0; next < places.length; next += 2) {
    const [start = 0, end = 0] = [places[next], places[next + 1]];
    if (end - start > MAX_RECORD_BYTES) return undefined;
    const isFull = (next - first) / 2 === MAX_BATCH_RECORDS;
    if (next > first && (isFull || end - (places[first] ?? 0) + 4 > MAX_PART_BYTES)) {
      parts.push(partOf(json, places.slice(first, next)));
      first = next;
    }
  }
  if (first > 0) return [...parts, partOf(json, places.slice(first))];
  // The whole array is one part, brackets and all.
  const whole = { records: json.subarray(from, to), recordCount: places.length / 2 };
  return whole.records.length + 2 > MAX_PART_BYTES && whole.recordCount > 1
    ? undefined
    : [{ ...whole, rejects: '[]', rejectCount: 0 }];
}

function partOf(json: Buffer, places: readonly number[]): TextPart {
  const text = json.subarray(places[0], places.at(-1));
  const records = Buffer.concat([Buffer.from('['), text, Buffer.from(']')]);
  return { records, rejects: '[]', recordCount: places.length / 2, rejectCount: 0 };
}
