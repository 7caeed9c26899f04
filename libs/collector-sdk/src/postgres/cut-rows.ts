import { MAX_REJECT_BYTES, type Reject } from '@tidemark/contracts';
import { cutTexts, type TextPart } from '../answer/cut-answer.ts';
import { cutBytes, cutParts, MAX_RECORD_BYTES, type Part } from '../answer/cut-parts.ts';
import { isTooDeep, MAX_DEPTH } from '../answer/json-size.ts';
import { parseExact } from '../answer/parse-exact.ts';
import type { SentRow } from './page-query.ts';

/** Cuts rows into parts that fit messages, as PostgreSQL wrote them; a row that fits none is rejected. */
export function cutRows(rows: readonly SentRow[]): (Part | TextPart)[] {
  const texts: string[] = [];
  const rejects: string[] = [];
  for (const { record, bytes } of rows) {
    if (bytes <= MAX_RECORD_BYTES && !isTooDeep(record ?? '')) texts.push(record ?? '');
    else rejects.push(JSON.stringify(rejectionOf(record ?? '', bytes, rejects.length)));
  }
  const parts = cutRecords(texts);
  if (rejects.length === 0) return parts;
  const rejected = {
    records: '[]',
    rejects: `[${rejects.join(',')}]`,
    recordCount: 0,
    rejectCount: rejects.length,
  };
  return texts.length === 0 ? [rejected] : [...parts, rejected];
}

function cutRecords(texts: readonly string[]): (Part | TextPart)[] {
  const json = Buffer.from(`[${texts.join(',')}]`);
  const places: number[] = [];
  let from = 1;
  for (const text of texts) {
    const to = from + Buffer.byteLength(text);
    places.push(from, to);
    from = to + 1;
  }
  return cutTexts(json, { from: 0, to: json.length, places }) ?? cutParts(parseAll(json));
}

function parseAll(json: Buffer): readonly unknown[] {
  return parseExact(json.toString()) as unknown[];
}

function rejectionOf(beginning: string, bytes: number, position: number): Reject {
  if (bytes <= MAX_RECORD_BYTES) {
    const reason = `the row is nested deeper than ${MAX_DEPTH} levels`;
    const payload = cutBytes(beginning, MAX_REJECT_BYTES);
    return { position, code: 'RECORD_INVALID', reason, payload };
  }
  return {
    position,
    code: 'RECORD_TOO_LARGE',
    reason: `the row has ${bytes} bytes as JSON, a message carries ${MAX_RECORD_BYTES}`,
    payload: cutBytes(beginning, MAX_REJECT_BYTES),
  };
}
