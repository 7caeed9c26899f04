import { memberValue, nextPlace, skipBlanks, stringEnd, valueEnd } from './json-bytes.ts';

const [QUOTE, BACKSLASH] = [34, 92];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

/** Places of more records take more memory than their texts: what parses the whole tells what is wrong with it. */
const MOST_PLACES = 2 * 250_000;

/** The array of records in an answer: its place, and the places of its records. */
export interface FoundRecords {
  readonly from: number;
  readonly to: number;
  /** Begin and end of each record in turn. */
  readonly places: readonly number[];
}

/**
 * Finds the array of objects at a path in JSON text. Undefined when the text is anything but that: not JSON, no array, an
 * element that is no object, a name that stands twice or with escapes. Then the whole has to be parsed.
 */
export function findRecords(json: Uint8Array, path: string): FoundRecords | undefined {
  const steps = path === '$' ? [] : path.split('.');
  if (steps.some((step) => JSON.stringify(step).length !== step.length + 2)) return undefined;
  const walk = new RecordWalk(
    json,
    steps.map((step) => Buffer.from(step)),
  );
  const end = walk.enter(skipBlanks(json, 0), 0);
  return end > 0 && skipBlanks(json, end) === json.length ? walk.found : undefined;
}

class RecordWalk {
  found: FoundRecords | undefined;
  readonly #json: Uint8Array;
  readonly #steps: readonly Uint8Array[];

  constructor(json: Uint8Array, steps: readonly Uint8Array[]) {
    this.#json = json;
    this.#steps = steps;
  }

  /** Where the value at `at` ends, which lies so many steps into the path; -1 when it cannot be taken. */
  enter(at: number, level: number): number {
    const step = this.#steps[level];
    if (!step) return this.#cut(at);
    switch (this.#json[at] ?? 0) {
      case OPEN_OBJECT:
        return this.#throughObject(at, level, step);
      case OPEN_ARRAY:
        return this.#throughArray(at, level, Buffer.from(step).toString());
      default:
        return -1;
    }
  }

  #throughObject(at: number, level: number, step: Uint8Array): number {
    const json = this.#json;
    let place = skipBlanks(json, at + 1);
    while (place > 0) {
      const nameEnd = json[place] === QUOTE ? stringEnd(json, place) : -1;
      if (nameEnd < 0) return -1;
      const name = json.subarray(place + 1, nameEnd - 1);
      if (name.includes(BACKSLASH)) return -1;
      const isStep = Buffer.compare(name, step) === 0;
      if (isStep && this.found) return -1;
      const value = memberValue(json, nameEnd);
      if (value < 0) return -1;
      const end = isStep ? this.enter(value, level + 1) : valueEnd(json, value);
      if (end < 0) return -1;
      place = nextPlace(json, end, CLOSE_OBJECT);
    }
    return place === 0 ? -1 : -1 - place;
  }

  #throughArray(at: number, level: number, step: string): number {
    const json = this.#json;
    let place = skipBlanks(json, at + 1);
    for (let index = 0; place > 0; index += 1) {
      const end = String(index) === step ? this.enter(place, level + 1) : valueEnd(json, place);
      if (end < 0) return -1;
      place = nextPlace(json, end, CLOSE_ARRAY);
    }
    return place === 0 ? -1 : -1 - place;
  }

  #cut(at: number): number {
    const json = this.#json;
    if (json[at] !== OPEN_ARRAY) return -1;
    const places: number[] = [];
    let place = skipBlanks(json, at + 1);
    let to = json[place] === CLOSE_ARRAY ? place + 1 : 0;
    while (to === 0) {
      const end = json[place] === OPEN_OBJECT ? valueEnd(json, place) : -1;
      if (end < 0) return -1;
      places.push(place, end);
      if (places.length > MOST_PLACES) return -1;
      place = nextPlace(json, end, CLOSE_ARRAY);
      if (place === 0) return -1;
      if (place < 0) to = -1 - place;
    }
    this.found = { from: at, to, places };
    return to;
  }
}
