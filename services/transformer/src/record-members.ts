import { memberValue, nextPlace, skipBlanks, stringEnd, valueEnd } from '@tidemark/collector-sdk';

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
  readonly #names: Uint8Array[] = [];
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
      const known = this.#names[index];
      const isKnown = known !== undefined && startsWith(json, place, known);
      const nameEnd = isKnown ? place + known.length : nameEndOf(json, place);
      const value = nameEnd < 0 ? NONE : memberValue(json, nameEnd);
      const end = value < 0 ? NONE : valueEnd(json, value);
      if (end < 0) return NONE;
      const column = isKnown ? this.#found[index] : this.#lookUp(json, place, nameEnd, index);
      if (column !== undefined && column >= 0) {
        this.places[column * 2] = value;
        this.places[column * 2 + 1] = end;
      }
      place = nextPlace(json, end, CLOSE_OBJECT);
    }
    return place === 0 ? NONE : -1 - place;
  }

  #lookUp(json: Uint8Array, from: number, ...[to, index]: [to: number, index: number]): number {
    // A copy: a view would keep the whole part in memory.
    const name = Uint8Array.from(json.subarray(from, to));
    if (name.includes(BACKSLASH)) {
      this.hasEscapedName = true;
      return NONE;
    }
    const text = Buffer.from(name.subarray(1, -1)).toString();
    const column = this.#columns.get(text) ?? NONE;
    if (index < MOST_REMEMBERED) {
      this.#names[index] = name;
      this.#found[index] = column;
    }
    return column;
  }
}

function nameEndOf(json: Uint8Array, at: number): number {
  return json[at] === QUOTE ? stringEnd(json, at) : NONE;
}

/** The name is kept with its quotes, so that one which only begins alike is another. */
function startsWith(json: Uint8Array, at: number, name: Uint8Array): boolean {
  for (let index = 0; index < name.length; index += 1) {
    if (json[at + index] !== name[index]) return false;
  }
  return true;
}
