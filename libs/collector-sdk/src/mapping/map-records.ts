import { cutBytes } from '../answer/cut-parts.ts';
import type { Definition } from '../definition/definition.ts';
import { type AskedRange, MAX_REJECT_BYTES, type Reject } from '@tidemark/contracts';
import { TransientError } from '@tidemark/runtime';
import type { LineOf, Refusal } from './line-of.ts';
import { CursorRange, cursorRules } from './cursor-range.ts';
import { createPace } from './pace.ts';
import { rawLine } from './raw-line.ts';
import { planColumns, tableLine } from './table-line.ts';

/** A collector's own function: pure, from record to record. */
export type RecordFunction = (record: Record<string, unknown>) => Record<string, unknown>;

export interface MappedRecords {
  /** Lines of COPY's text format, each with its end. */
  readonly copyText: string;
  readonly records: number;
  readonly rejects: readonly Reject[];
  /** Records whose cursor lies outside of what was asked for, among both. */
  readonly outOfRange: number;
}

/** The lines of the records in a JSON array; undefined when the text is not plain enough and has to be parsed. */
export type MapTexts = (json: Buffer, window?: AskedRange) => Promise<MappedTexts | undefined>;

export interface MappedTexts {
  readonly copyText: Buffer;
  readonly records: number;
  readonly rejects: readonly Reject[];
  readonly outOfRange: number;
}

export type MapRecords = (
  records: readonly unknown[],
  window?: AskedRange,
) => Promise<MappedRecords>;

/** All rejects of a part together keep at most this much of their records, so that the part stays a message. */
const REJECTS_BUDGET_BYTES = 524_288;
const LEAST_PAYLOAD_BYTES = 256;
/** Asking the clock costs more than mapping a small record. */
export const RECORDS_PER_LOOK = 32;
const FUNCTION_MISSING_MS = 10_000;

/**
 * The mapping of a definition's records into its target. One bad record stops nothing: it becomes a reject with its
 * position, a code, the reason and its own text.
 */
export function compileMapping(
  definition: Definition,
  functions: Readonly<Record<string, RecordFunction>>,
): MapRecords {
  const lineOf = withFunction(definition, functions, targetLine(definition));
  const rules = cursorRules(definition);
  return async (records, window) => {
    const pace = createPace();
    const range = rules && window && new CursorRange(rules, window);
    let copyText = '';
    const rejects = new Rejects();
    for (let position = 0; position < records.length; position += 1) {
      const record = records[position];
      if (position % RECORDS_PER_LOOK === 0 && pace.isDue()) await pace.yield();
      const line = lineOf(record, range);
      if (typeof line === 'string') {
        copyText += line;
      } else {
        rejects.add(position, line, record);
      }
    }
    return {
      copyText,
      records: records.length - rejects.all.length,
      rejects: rejects.all,
      outOfRange: range?.outside ?? 0,
    };
  };
}

/** What could not be mapped of a part, within a budget of bytes. */
export class Rejects {
  readonly all: Reject[] = [];
  #budgetBytes = REJECTS_BUDGET_BYTES;

  add(position: number, { code, reason }: Refusal, record: unknown): void {
    const payload = payloadOf(record, this.#budgetBytes);
    this.#budgetBytes -= payload.length;
    this.all.push({ position, code, reason, payload });
  }
}

function targetLine(definition: Definition): LineOf {
  const { target } = definition;
  return target.kind === 'raw' ? rawLine(target) : tableLine(planColumns(target, cursorRules(definition)));
}

function withFunction(
  definition: Definition,
  functions: Readonly<Record<string, RecordFunction>>,
  lineOf: LineOf,
): LineOf {
  const name = definition.transform?.function;
  if (name === undefined) return lineOf;
  const change = Object.hasOwn(functions, name) ? functions[name] : undefined;
  if (!change) {
    // During a roll-out another image may know it already: the batch waits for this one to be replaced.
    throw new TransientError(
      'DEFINITION_MISSING',
      `this release has no function "${name}", which ${definition.name} names; deploy the release that has it`,
      { retryAfterMs: FUNCTION_MISSING_MS },
    );
  }
  return (record, range) => {
    const changed = apply(change, record);
    return 'refusal' in changed ? changed.refusal : lineOf(changed.record, range);
  };
}

function apply(
  change: RecordFunction,
  record: unknown,
): { readonly record: unknown } | { readonly refusal: Refusal } {
  try {
    return { record: change(record as Record<string, unknown>) };
  } catch (error) {
    const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
    return { refusal: { code: 'TRANSFORM_FAILED', reason: cutBytes(reason, 1_000) } };
  }
}

function payloadOf(record: unknown, budgetBytes: number): string {
  const bytes = Math.min(MAX_REJECT_BYTES, Math.max(LEAST_PAYLOAD_BYTES, budgetBytes));
  return cutBytes(JSON.stringify(record) ?? 'null', bytes);
}
