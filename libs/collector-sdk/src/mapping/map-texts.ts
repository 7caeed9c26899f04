import { nextPlace, skipBlanks, valueEnd } from '../answer/json-bytes.ts';
import { parseExact } from '../answer/parse-exact.ts';
import type { Definition } from '../definition/definition.ts';
import { type PlainBytes, plainBytesOf } from './columns/copy-bytes.ts';
import { NULL_TEXT } from './columns/copy-text.ts';
import { CopyWriter } from './copy-writer.ts';
import { CursorRange, cursorRules } from './cursor-range.ts';
import type { LineOf } from './line-of.ts';
import { type MapTexts, RECORDS_PER_LOOK, Rejects } from './map-records.ts';
import { createPace } from './pace.ts';
import { RecordMembers } from './record-members.ts';
import { type ColumnPlan, planColumns, tableLine } from './table-line.ts';

const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, SMALL_N] = [91, 93, 123, 110];

/**
 * The mapping of records that never become objects: where values stand in COPY text as they stand in JSON they are copied
 * as bytes. A record with any other value, or that is to be rejected, is parsed and goes the way of all (`tableLine`), so
 * both ways give the same rows. Undefined for definitions whose records always need to be parsed.
 */
export function compileTextMapping(definition: Definition): MapTexts | undefined {
  const { target, transform } = definition;
  if (target.kind !== 'table' || target.contract || target.children) return undefined;
  if (changesRecords(transform)) return undefined;
  const rules = cursorRules(definition);
  const columns = planColumns(target, rules);
  const names = new Map(columns.map(({ path }, place) => [path, place]));
  const isFlat = columns.every(({ path }) => path !== '$' && !path.includes('.'));
  if (!isFlat || names.size < columns.length) return undefined;
  const lineOf = tableLine(columns);
  return async (json, window) => {
    const pace = createPace();
    const range = rules && window && new CursorRange(rules, window);
    const part = new TextPart(json, { columns, names, lineOf, range });
    let place = skipBlanks(json, 0);
    if (json[place] !== OPEN_ARRAY) return undefined;
    place = skipBlanks(json, place + 1);
    if (json[place] === CLOSE_ARRAY) place = -2 - place;
    for (let position = 0; place > 0; position += 1) {
      if (position % RECORDS_PER_LOOK === 0 && pace.isDue()) await pace.yield();
      const end = part.map(place, position);
      if (end < 0) return undefined;
      place = nextPlace(json, end, CLOSE_ARRAY);
    }
    const isWhole = place < 0 && skipBlanks(json, -1 - place) === json.length;
    return isWhole ? part.mapped() : undefined;
  };
}

/** Whether records are to be parsed whatever they look like. */
function changesRecords(transform: Definition['transform']): boolean {
  if (!transform) return false;
  const { function: name, unpivot, rules } = transform;
  return name !== undefined || unpivot !== undefined || rules.length > 0;
}

interface BytesPlan {
  readonly plain: PlainBytes | undefined;
  readonly column: ColumnPlan;
  /** What stands for an absent value; undefined when that is for the other way to reject. */
  readonly absent: Buffer | undefined;
}

function planBytes(column: ColumnPlan): BytesPlan {
  const isMissing = column.missing !== undefined && column.absent === NULL_TEXT;
  return {
    plain: plainBytesOf(column.type, column.format),
    column,
    absent: isMissing ? undefined : Buffer.from(column.absent),
  };
}

interface PartPlan {
  readonly columns: readonly ColumnPlan[];
  readonly names: ReadonlyMap<string, number>;
  readonly lineOf: LineOf;
  readonly range: CursorRange | undefined;
}

/** One part on its way through the mapping. */
class TextPart {
  readonly #json: Buffer;
  readonly #plans: readonly BytesPlan[];
  readonly #members: RecordMembers;
  readonly #lineOf: LineOf;
  readonly #range: CursorRange | undefined;
  readonly #writer: CopyWriter;
  readonly #rejects = new Rejects();
  #records = 0;

  constructor(json: Buffer, { columns, names, lineOf, range }: PartPlan) {
    this.#json = json;
    this.#plans = columns.map(planBytes);
    this.#members = new RecordMembers(names);
    this.#lineOf = lineOf;
    this.#range = range;
    this.#writer = new CopyWriter(json);
  }

  /** Maps the record at `at`; answers where it ends, -1 when it is no JSON. */
  map(at: number, position: number): number {
    const isObject = this.#json[at] === OPEN_OBJECT;
    const end = isObject ? this.#members.read(this.#json, at) : valueEnd(this.#json, at);
    if (end < 0) return -1;
    if (isObject && !this.#members.hasEscapedName && this.#copyLine()) this.#records += 1;
    else this.#parse(at, end, position);
    return end;
  }

  mapped() {
    const { all: rejects } = this.#rejects;
    const outOfRange = this.#range?.outside ?? 0;
    return { copyText: this.#writer.written(), records: this.#records, rejects, outOfRange };
  }

  #copyLine(): boolean {
    const { places } = this.#members;
    this.#writer.mark();
    for (let index = 0; index < this.#plans.length; index += 1) {
      const plan = this.#plans[index];
      const from = places[index * 2] ?? 0;
      if (!plan || !this.#copyValue(plan, from, places[index * 2 + 1] ?? 0)) {
        this.#writer.reset();
        return false;
      }
      this.#writer.end(index === this.#plans.length - 1);
    }
    return true;
  }

  #copyValue({ plain, column, absent }: BytesPlan, from: number, to: number): boolean {
    const json = this.#json;
    if (from === 0 || json[from] === SMALL_N) {
      if (absent) this.#writer.bytes(absent, 0, absent.length);
      return absent !== undefined;
    }
    const off = plain ? plain(json, from, to) : -1;
    const range = column.isCursor ? this.#range : undefined;
    if (off >= 0) {
      if (range && !range.surelyHolds(json, from + off, to - off)) return false;
      this.#writer.bytes(json, from + off, to - off);
      return true;
    }
    const text = column.convert(parseExact(json.toString('utf8', from, to)));
    // A refusal has a reason, and nothing may have a default: the other way knows both.
    if (text === undefined || text === NULL_TEXT) return false;
    if (range && !range.holds(text)) return false;
    this.#writer.text(text);
    return true;
  }

  #parse(from: number, to: number, position: number): void {
    const record = parseExact(this.#json.toString('utf8', from, to));
    const line = this.#lineOf(record, this.#range);
    if (typeof line !== 'string') {
      this.#rejects.add(position, line, record);
      return;
    }
    this.#writer.text(line);
    this.#records += 1;
  }
}
