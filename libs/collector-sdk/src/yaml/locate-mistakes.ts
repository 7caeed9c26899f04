import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseDocument,
} from 'yaml';
import type { Mistake } from '../check/mistake.ts';

/** A mistake with the line of the file, counted from 1, that it is on or that lacks something. */
export interface LocatedMistake extends Mistake {
  readonly line: number;
}

/**
 * Finds the lines of the mistakes in a YAML text, in their order there. Where a path leads to nothing that is written
 * (a setting is missing, or comes from what is extended) it is the line of the nearest thing around it.
 */
export function locateMistakes(text: string, mistakes: readonly Mistake[]): LocatedMistake[] {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const located = mistakes.map((mistake, place) => {
    const offset = document.errors[place]?.pos[0] ?? offsetOf(document, mistake.path);
    return { ...mistake, line: Math.max(1, lines.linePos(offset).line) };
  });
  return located.toSorted((one, other) => one.line - other.line);
}

interface Step {
  readonly node: Node | null | undefined;
  readonly offset: number;
  readonly rest: string;
}

function offsetOf(document: Document.Parsed, path: string): number {
  const start = document.contents?.range[0] ?? 0;
  const known = stepInto(document, document.contents, path);
  // What the file does not mention at all comes from the definition that it extends.
  let step = known ?? stepInto(document, document.contents, 'extends');
  let offset = start;
  while (step) {
    offset = step.offset;
    step = step.rest === '' ? undefined : stepInto(document, step.node, step.rest);
  }
  return offset;
}

/** The child that a path begins with: keys may hold dots themselves, so the longest one that fits is meant. */
function stepInto(
  document: Document,
  parent: Node | null | undefined,
  path: string,
): Step | undefined {
  const node = isAlias(parent) ? parent.resolve(document) : parent;
  const fitting = childrenOf(node)
    .filter(({ key }) => path === key || path.startsWith(`${key}.`))
    .toSorted((one, other) => other.key.length - one.key.length);
  const [child] = fitting;
  return child && { ...child, rest: path.slice(child.key.length + 1) };
}

interface Child {
  readonly key: string;
  readonly node: Node | null | undefined;
  readonly offset: number;
}

function childrenOf(node: unknown): Child[] {
  if (isSeq<Node>(node)) {
    return node.items.map((item, place) => ({
      key: String(place),
      node: item,
      offset: item.range?.[0] ?? 0,
    }));
  }
  if (!isMap<Node, Node | null>(node)) return [];
  return node.items.map(({ key, value }) => ({
    key: isScalar(key) ? String(key.value) : '',
    node: value,
    offset: key.range?.[0] ?? 0,
  }));
}
