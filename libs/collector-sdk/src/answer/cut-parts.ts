import { MAX_BATCH_RECORDS, MAX_REJECT_BYTES } from '@tidemark/contracts';
import type { Reject } from '@tidemark/contracts';
import { isRawJson } from './raw-json.ts';

/** A record with more text than this might not fit a message of 1 MiB, whatever compression makes of it. */
export const MAX_RECORD_BYTES = 1_000_000;
/** What the two sections of a part may hold together: with its headers the message stays below 1 MiB uncompressed. */
export const MAX_PART_BYTES = 960 * 1024;

/** A part of a page: the texts of its two sections, and how many records each holds. */
export interface Part {
  /** JSON array of the records. */
  readonly records: string;
  /** JSON array of the records that cannot travel. */
  readonly rejects: string;
  readonly recordCount: number;
  readonly rejectCount: number;
}

/** Cuts the records of a page into parts that fit messages, in their order; a page without records is one empty part. */
export function cutParts(records: readonly unknown[]): Part[] {
  const parts: Part[] = [];
  let open = new OpenPart();
  for (const record of records) {
    const text = JSON.stringify(record) ?? 'null';
    const reject = rejectionOf(record, text);
    if (!open.takes(textBytes(text, reject))) {
      parts.push(open.close());
      open = new OpenPart();
    }
    open.add(text, reject);
  }
  if (open.count > 0 || parts.length === 0) parts.push(open.close());
  return parts;
}

class OpenPart {
  readonly #records: string[] = [];
  readonly #rejects: string[] = [];
  #bytes = 4;

  get count(): number {
    return this.#records.length + this.#rejects.length;
  }

  takes(bytes: number): boolean {
    if (this.count === 0) return true;
    return this.count < MAX_BATCH_RECORDS && this.#bytes + bytes + 1 <= MAX_PART_BYTES;
  }

  add(text: string, reject: Omit<Reject, 'position'> | undefined): void {
    this.#bytes += textBytes(text, reject) + 1;
    if (!reject) this.#records.push(text);
    else this.#rejects.push(JSON.stringify({ position: this.count, ...reject } satisfies Reject));
  }

  close(): Part {
    return {
      records: `[${this.#records.join(',')}]`,
      rejects: `[${this.#rejects.join(',')}]`,
      recordCount: this.#records.length,
      rejectCount: this.#rejects.length,
    };
  }
}

function textBytes(text: string, reject: Omit<Reject, 'position'> | undefined): number {
  return reject ? Buffer.byteLength(JSON.stringify(reject)) + 32 : Buffer.byteLength(text);
}

function rejectionOf(record: unknown, text: string): Omit<Reject, 'position'> | undefined {
  const isObject = typeof record === 'object' && record !== null && !Array.isArray(record);
  if (!isObject || isRawJson(record)) {
    return {
      code: 'RECORD_INVALID',
      reason: 'a record must be a JSON object',
      payload: cutBytes(text, MAX_REJECT_BYTES),
    };
  }
  // A character is at most three bytes of UTF-8, so most records need not be measured.
  if (text.length * 3 <= MAX_RECORD_BYTES) return undefined;
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_RECORD_BYTES) return undefined;
  return {
    code: 'RECORD_TOO_LARGE',
    reason: `the record has ${bytes} bytes of text, a message carries ${MAX_RECORD_BYTES}`,
    payload: cutBytes(text, MAX_REJECT_BYTES),
  };
}

/** The start of a text, at most so many bytes of UTF-8, never half a character. */
export function cutBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text.slice(0, maxBytes));
  if (bytes.length <= maxBytes) return text.slice(0, maxBytes);
  let end = maxBytes;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return bytes.toString('utf8', 0, end);
}
