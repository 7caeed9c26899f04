import type { AskedRange } from '@tidemark/contracts';
import { digitsToCursor, durationToMicros, parseCursor } from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';
import { plainSecond } from './columns/plain-instant.ts';
import { type Refusal, refuse } from './line-of.ts';

type Cursor = Extract<Definition['incremental'], { kind: 'cursor' }>;

/** What mapping knows of the field that holds the cursor. */
export interface CursorRules {
  readonly incremental: Cursor;
  /** Why a record without a cursor is not loaded; undefined when it is. */
  readonly absent: Refusal | undefined;
  /** How long a value lasts: a date is a whole day. */
  readonly spanUs: bigint;
}

/** The rules for the cursor of a definition's records; undefined where no field holds one. */
export function cursorRules({ incremental, target }: Definition): CursorRules | undefined {
  if (incremental.kind !== 'cursor' || target.kind !== 'table') return undefined;
  const field = target.fields[incremental.field];
  if (!field) return undefined;
  const spanUs = field.type === 'date' ? durationToMicros('1d') - 1n : 0n;
  return { incremental, absent: absentRefusal(incremental), spanUs };
}

function absentRefusal({ field, nulls }: Cursor): Refusal | undefined {
  switch (nulls) {
    case 'reject':
      return refuse(`${field}: is missing, and incremental.nulls is reject`);
    case 'quarantine':
      return { code: 'CURSOR_NULL', reason: `${field}: is missing; put aside` };
    case 'include':
    // Rows that are skipped are not read; a value that becomes NULL here was one at the source.
    case 'skip':
    case undefined:
      return undefined;
  }
}

/** Counts the records of one part whose cursor lies outside of what was asked for. */
export class CursorRange {
  outside = 0;
  readonly #rules: CursorRules;
  readonly #window: AskedRange;
  readonly #from: bigint | undefined;
  readonly #to: bigint | undefined;
  /** The ends as numbers that order values coarsely: whoever lies between them lies inside, whoever does not may. */
  readonly #above: number;
  readonly #below: number;

  constructor(rules: CursorRules, window: AskedRange) {
    this.#rules = rules;
    this.#window = window;
    this.#from = window.from === null ? undefined : BigInt(window.from);
    this.#to = window.to === null ? undefined : BigInt(window.to);
    this.#above = this.#coarse(window.from, -Infinity);
    this.#below = this.#coarse(window.to, Infinity);
  }

  /** Whether the bytes of a value that stands in COPY text as it is surely lie inside. False says nothing. */
  surelyHolds(bytes: Buffer, from: number, to: number): boolean {
    const isTime = this.#rules.incremental.unit === 'time';
    const value = isTime ? plainSecond(bytes, from) : Number(bytes.toString('latin1', from, to));
    return value > this.#above && value < this.#below;
  }

  /** Whether a value as COPY has it lies inside; one that cannot be told does. */
  holds(text: string): boolean {
    const { incremental, spanUs } = this.#rules;
    const { unit, zone } = incremental;
    const digits = unit === 'integer' ? wholeOf(text) : parseCursor(withMinutes(text), unit, zone);
    if (digits === undefined) return true;
    const value = BigInt(digits);
    if (this.#from !== undefined && value + spanUs < this.#from) return false;
    return this.#to === undefined || value <= this.#to;
  }

  /** Counts a record that lies outside; answers why it is not loaded, where the definition says so. */
  refusalOf(): Refusal | undefined {
    this.outside += 1;
    const { field, outOfRange, unit } = this.#rules.incremental;
    if (outOfRange === 'load') return undefined;
    const [from, to] = [this.#window.from, this.#window.to].map((end) =>
      end === null ? '…' : digitsToCursor(end, unit),
    );
    return {
      code: 'CURSOR_OUT_OF_RANGE',
      reason: `${field}: lies outside of what was asked for, ${from} to ${to}`,
    };
  }

  #coarse(digits: string | null, open: number): number {
    if (digits === null) return open;
    if (this.#rules.incremental.unit === 'integer') return Number(digits);
    return plainSecond(Buffer.from(digitsToCursor(digits, 'iso')), 0);
  }
}

/** The whole part of a number as COPY has it; undefined when it has an exponent. */
function wholeOf(text: string): string | undefined {
  return /^[+-]?(\d+)(?:\.\d*)?$/.test(text) ? text.replace(/^\+|\..*$/g, '') : undefined;
}

/** PostgreSQL takes a zone of hours only. */
function withMinutes(text: string): string {
  return text.includes(':') ? text.replace(/([+-]\d{2})$/, '$1:00') : text;
}
