import { memberValue, nextPlace, skipBlanks, stringEnd, valueEnd } from '../answer/json-bytes.ts';

const [QUOTE, BACKSLASH, CLOSE_OBJECT] = [34, 92, 125];
const NONE = -1;
/** Members beyond these are looked up by name each time. */
const MOST_REMEMBERED = 1_024;

/**
 * Finds the values of the columns in the bytes of a record. Records of a source have their members in the same order
 * nearly always: a name is compared with the one that stood there in the record before, and only looked up when it differs.
 */
export class RecordMembers {
  /** Begin and end of each column's value; 0 where the record has none. */
  readonly places: Int32Array;
  /** Whether a name of the last record has an escape: then it has to be parsed. */
  hasEscapedName = false;
  readonly #columns: ReadonlyMap<string, number>;
  /** What stood in front of each value: the name in its quotes, and the colon. */
  readonly #heads: Uint8Array[] = [];
  readonly #found: number[] = [];

  /** The columns by the names of their members. */
  constructor(columns: ReadonlyMap<string, number>) {
    this.#columns = columns;
    this.places = new Int32Array(columns.size * 2);
  }

  /** Where the object at `at` ends; -1 when it is none. */
  read(json: Uint8Array, at: number): number {
    this.places.fill(0);
    this.hasEscapedName = false;
    let place = skipBlanks(json, at + 1);
    if (json[place] === CLOSE_OBJECT) return place + 1;
    for (let index = 0; place > 0; index += 1) {
      const head = this.#heads[index];
      const isKnown = head !== undefined && startsWith(json, place, head);
      const value = isKnown ? skipBlanks(json, place + head.length) : valueAfterName(json, place);
      const end = value < 0 ? NONE : valueEnd(json, value);
      if (end < 0) return NONE;
      const column = isKnown ? this.#found[index] : this.#lookUp(json, place, value, index);
      if (column !== undefined && column >= 0) {
        this.places[column * 2] = value;
        this.places[column * 2 + 1] = end;
      }
      place = nextPlace(json, end, CLOSE_OBJECT);
    }
    return place === 0 ? NONE : -1 - place;
  }

  #lookUp(
    json: Uint8Array,
    from: number,
    ...[value, index]: [value: number, index: number]
  ): number {
    const name = Buffer.from(json.subarray(from + 1, stringEnd(json, from) - 1));
    if (name.includes(BACKSLASH)) {
      this.hasEscapedName = true;
      return NONE;
    }
    const column = this.#columns.get(name.toString()) ?? NONE;
    if (index < MOST_REMEMBERED) {
      // A copy: a view would keep the whole part in memory.
      this.#heads[index] = Uint8Array.from(json.subarray(from, value));
      this.#found[index] = column;
    }
    return column;
  }
}

/** Where the value of the member begins whose name is at `at`; -1 when there is none. */
function valueAfterName(json: Uint8Array, at: number): number {
  const nameEnd = json[at] === QUOTE ? stringEnd(json, at) : NONE;
  return nameEnd < 0 ? NONE : memberValue(json, nameEnd);
}

function startsWith(json: Uint8Array, at: number, head: Uint8Array): boolean {
  for (let index = 0; index < head.length; index += 1) {
    if (json[at + index] !== head[index]) return false;
  }
  return true;
}
