// What a JSON text would cost once it is parsed, told before anything is made of it. Bytes alone do not tell: a text of 8 MiB
// can hold millions of empty objects, or brackets that are nested deeper than any program's stack.

/** Deeper values are not read: whoever writes one as text again has a stack that ends. */
export const MAX_DEPTH = 1_000;
/** What one answer may take of the heap that a service has for all its work. */
export const MAX_HEAP_BYTES = 48 * 1_048_576;
/** What each takes at most: an object without a shape in common with others, a name that comes once, a short text. */
const [CONTAINER_BYTES, MEMBER_BYTES, VALUE_BYTES] = [260, 70, 24];

const [QUOTE, BACKSLASH, COMMA, COLON] = [34, 92, 44, 58];
const [OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT] = [91, 93, 123, 125];

/** What a JSON text is once it is parsed. */
export interface JsonSize {
  readonly depth: number;
  /** The most that its values take, but for the characters of its texts. */
  readonly heapBytes: number;
}

/** Counts brackets, colons and commas outside of texts; of what is no JSON it tells something. */
export function jsonSize(text: string): JsonSize {
  let [depth, deepest, heapBytes] = [0, 0, 0];
  for (let at = 0; at < text.length; at += 1) {
    switch (text.charCodeAt(at)) {
      case QUOTE:
        at = textEnd(text, at);
        break;
      case OPEN_ARRAY:
      case OPEN_OBJECT:
        heapBytes += CONTAINER_BYTES;
        depth += 1;
        if (depth > deepest) deepest = depth;
        break;
      case CLOSE_ARRAY:
      case CLOSE_OBJECT:
        depth -= 1;
        break;
      case COLON:
        heapBytes += MEMBER_BYTES;
        break;
      case COMMA:
        heapBytes += VALUE_BYTES;
        break;
    }
  }
  return { depth: deepest, heapBytes };
}

/** Whether a JSON text is nested too deeply to be written again. */
export function isTooDeep(text: string): boolean {
  return text.length > MAX_DEPTH && jsonSize(text).depth > MAX_DEPTH;
}

/** The place of the quote that ends the text which begins at one; the end of all where none does. */
function textEnd(text: string, from: number): number {
  for (let at = text.indexOf('"', from + 1); at >= 0; at = text.indexOf('"', at + 1)) {
    let before = at;
    while (text.charCodeAt(before - 1) === BACKSLASH) before -= 1;
    if ((at - before) % 2 === 0) return at;
  }
  return text.length;
}
