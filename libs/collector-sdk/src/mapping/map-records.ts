import { cutBytes } from '../answer/cut-parts.ts';
import type { Definition } from '../definition/definition.ts';
import {
  type AddedColumn,
  type AskedRange,
  MAX_REJECT_BYTES,
  type Reject,
} from '@tidemark/contracts';
import { ChildRecords, planChildren } from './child-records.ts';
import { ContractPart } from './contract/contract-part.ts';
import { planContract } from './contract/contract-plan.ts';
import type { LineOf, Refusal } from './line-of.ts';
import { CursorRange, cursorRules } from './cursor-range.ts';
import { createPace } from './pace.ts';
import { rawLine } from './raw-line.ts';
import { compilePreparation, isRefusal } from './prepare-record.ts';
import { compileRules, type RecordRules } from './record-rules.ts';
import { planColumns, qualityLine, tableLine } from './table-line.ts';

/** A collector's own function: gives a new record, and leaves the one that it was given as it is. */
export type RecordFunction = (record: Record<string, unknown>) => Record<string, unknown>;

export interface MappedRecords {
  /** Lines of COPY's text format, each with its end. */
  readonly copyText: string;
  readonly records: number;
  readonly rejects: readonly Reject[];
  /** Records whose cursor lies outside of what was asked for, among both. */
  readonly outOfRange: number;
  /** Lines of COPY's text format for each child of the target, in their order; each begins with its record's digest. */
  readonly children?: readonly string[];
  /** What became of the records under a schema contract. */
  readonly contract?: {
    /** Columns of the lines after the declared ones. */
    readonly columns: readonly AddedColumn[];
    /** Values that were left out, by the column that could not take them. */
    readonly discarded: Readonly<Record<string, number>>;
  };
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

/**
 * The mapping of a definition's records into its target. One bad record stops nothing: it becomes a reject with its
 * position, a code, the reason and its own text.
 */
export function compileMapping(
  definition: Definition,
  functions: Readonly<Record<string, RecordFunction>>,
): MapRecords {
  const contract = planContract(definition);
  const prepare = compilePreparation(definition, functions);
  const ofTarget = targetLine(definition);
  const lineOf = contract ? contractLine(ofTarget) : ofTarget;
  const rules = cursorRules(definition);
  const children = planChildren(definition);
  return async (records, window) => {
    const pace = createPace();
    const range = rules && window && new CursorRange(rules, window);
    const mapped = new MappedPart(lineOf, range, {
      contract: contract && new ContractPart(contract),
      children: children && new ChildRecords(children),
    });
    for (let position = 0; position < records.length; position += 1) {
      const record = records[position];
      if (position % RECORDS_PER_LOOK === 0 && pace.isDue()) await pace.yield();
      const made = prepare?.(record);
      if (!made) mapped.add(record, position, record);
      else if (isRefusal(made)) mapped.rejects.add(position, made, record);
      else for (const each of made) mapped.add(each, position, record);
    }
    return mapped.end();
  };
}

/** What a part is mapped into beside the lines of its records. */
interface Beside {
  readonly contract: ContractPart | undefined;
  readonly children: ChildRecords | undefined;
}

/** What has become of one part. */
class MappedPart {
  readonly rejects = new Rejects();
  readonly #lineOf: LineOf;
  readonly #range: CursorRange | undefined;
  readonly #beside: Beside;
  #copyText = '';
  #records = 0;

  constructor(lineOf: LineOf, range: CursorRange | undefined, beside: Beside) {
    this.#lineOf = lineOf;
    this.#range = range;
    this.#beside = beside;
  }

  /** Maps a record; where that cannot be, what it came from is kept with the reason. */
  add(record: unknown, position: number, source: unknown): void {
    const { contract, children } = this.#beside;
    const line = this.#lineOf(record, this.#range, contract, children);
    if (typeof line !== 'string') return this.rejects.add(position, line, source);
    children?.keep();
    this.#copyText += line;
    this.#records += 1;
  }

  end(): MappedRecords {
    const { contract: part, children } = this.#beside;
    return {
      copyText: part ? part.text() : this.#copyText,
      records: this.#records,
      rejects: this.rejects.all,
      outOfRange: this.#range?.outside ?? 0,
      ...(children && { children: children.texts }),
      ...(part && { contract: { columns: part.columns, discarded: part.discarded } }),
    };
  }
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
  const line =
    target.kind === 'raw'
      ? rawLine(target)
      : tableLine(planColumns(target, cursorRules(definition)));
  const rules = compileRules(definition);
  return parentLine(rules ? ruledLine(definition, line, rules) : line);
}

/** The line of a record with the digest of its children, where the target has any. */
function parentLine(lineOf: LineOf): LineOf {
  return (record, range, part, children) => {
    const line = lineOf(record, range, part);
    if (!children || typeof line !== 'string') return line;
    const digest = children.read(record, line);
    return typeof digest === 'string' ? `${line.slice(0, -1)}\t${digest}\n` : digest;
  };
}

/** The line of a record that its schema contract takes as well. */
function contractLine(lineOf: LineOf): LineOf {
  return (record, range, part, children) => {
    const line = lineOf(record, range, part, children);
    const refused = typeof line === 'string' ? part?.takeUnknown(record) : line;
    if (refused) part?.drop();
    else if (typeof line === 'string') part?.keep(line);
    return refused ?? line;
  };
}

/** The line of a record that passes the rules, with its quality where the target keeps it. */
function ruledLine({ target }: Definition, lineOf: LineOf, rules: RecordRules): LineOf {
  const keepsQuality = target.kind === 'table' && target.quality !== undefined;
  const line = keepsQuality ? qualityLine(lineOf, rules) : lineOf;
  return (record, ...more) => rules.judge(record) ?? line(record, ...more);
}

function payloadOf(record: unknown, budgetBytes: number): string {
  const bytes = Math.min(MAX_REJECT_BYTES, Math.max(LEAST_PAYLOAD_BYTES, budgetBytes));
  return cutBytes(JSON.stringify(record) ?? 'null', bytes);
}
