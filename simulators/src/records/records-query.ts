import type { RecordRow } from './record-row.ts';
import { readMicros } from './record-row.ts';

/** A valid question: which records, and which slice of them. */
export interface RecordsQuery {
  updatedAfter: bigint | undefined;
  updatedBefore: bigint | undefined;
  slice: PageSlice | CursorSlice;
}

export interface PageSlice {
  kind: 'page';
  page: number;
  size: number;
}

export interface CursorSlice {
  kind: 'cursor';
  /** Absent on the first request. */
  after: Pick<RecordRow, 'id' | 'updatedMicros'> | undefined;
  size: number;
}

/** What is wrong with a question. */
export interface RecordsRefusal {
  problem: string;
}

/** What the source does with a page that is too large. */
export interface SizeLimit {
  maxRows: number;
  whenLarger: 'clamp' | 'refuse';
}

const defaultSize = 100;
const known = ['updated_after', 'updated_before', 'page', 'per_page', 'cursor', 'limit'];

class Refused extends Error {}

/** Reads a question; unknown, repeated and contradicting parameters are refused. */
export function readRecordsQuery(
  parameters: URLSearchParams,
  limit: SizeLimit,
): RecordsQuery | RecordsRefusal {
  try {
    return read(readParameters(parameters), limit);
  } catch (error) {
    if (error instanceof Refused) return { problem: error.message };
    throw error;
  }
}

function readParameters(parameters: URLSearchParams): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (!known.includes(name)) throw new Refused(`unknown parameter ${name}`);
    if (given.has(name)) throw new Refused(`repeated parameter ${name}`);
    // An empty parameter counts as absent: templates often leave one behind.
    if (value !== '') given.set(name, value);
    else if (name === 'cursor' || name === 'limit') given.set(name, '');
  }
  return given;
}

function read(given: Map<string, string>, limit: SizeLimit): RecordsQuery {
  return {
    updatedAfter: readMoment('updated_after', given.get('updated_after')),
    updatedBefore: readMoment('updated_before', given.get('updated_before')),
    slice:
      given.has('cursor') || given.has('limit') ? readCursor(given, limit) : readPage(given, limit),
  };
}

function readPage(given: Map<string, string>, limit: SizeLimit): PageSlice {
  const page = readWhole('page', given.get('page') ?? '1');
  return { kind: 'page', page, size: readSize('per_page', given.get('per_page'), limit) };
}

function readCursor(given: Map<string, string>, limit: SizeLimit): CursorSlice {
  if (given.has('page') || given.has('per_page')) {
    throw new Refused('cursor and limit do not go with page and per_page');
  }
  const size = readSize('limit', given.get('limit') || undefined, limit);
  const cursor = given.get('cursor') ?? '';
  return { kind: 'cursor', after: cursor === '' ? undefined : decodeCursor(cursor), size };
}

function readSize(name: string, text: string | undefined, limit: SizeLimit): number {
  const size = text === undefined ? defaultSize : readWhole(name, text);
  if (size > limit.maxRows && limit.whenLarger === 'refuse') {
    throw new Refused(`${name} is larger than ${limit.maxRows}`);
  }
  return Math.min(size, limit.maxRows);
}

function readWhole(name: string, text: string): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1) throw new Refused(`${name} must be a whole number of 1 or more`);
  return value;
}

function readMoment(name: string, text: string | undefined): bigint | undefined {
  if (text === undefined) return undefined;
  const micros = readMicros(text);
  if (micros === undefined) throw new Refused(`${name} must be an ISO 8601 moment`);
  return micros;
}

/** A cursor names the last record of the page, so that changes elsewhere do not move it. */
export function encodeCursor(row: Pick<RecordRow, 'id' | 'updatedMicros'>): string {
  return Buffer.from(JSON.stringify([String(row.updatedMicros), row.id])).toString('base64url');
}

function decodeCursor(cursor: string): Pick<RecordRow, 'id' | 'updatedMicros'> {
  try {
    const [micros, id] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as unknown[];
    if (typeof micros === 'string' && typeof id === 'string') {
      return { updatedMicros: BigInt(micros), id };
    }
  } catch {
    // Refused below, like any other text that is not a cursor.
  }
  throw new Refused('unknown cursor');
}
