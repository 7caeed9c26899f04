import { hash } from 'node:crypto';
import { childrenOf, type ChildTable } from '../children.ts';
import type { Definition } from '../definition/definition.ts';
import { NULL_TEXT } from './columns/copy-text.ts';
import { type LineOf, type Refusal, refuse } from './line-of.ts';
import { compilePath, type ReadPath } from './record-path.ts';
import { planColumns, tableLine } from './table-line.ts';

/** The text of all children of a part. What is left of the loader's limit for a body is the records' own. */
const MAX_CHILDREN_BYTES = 8 * 1024 * 1024;

export interface ChildPlan {
  readonly at: string;
  readonly readList: ReadPath;
  /** Places of the columns in the record's line that its children get. */
  readonly copied: readonly number[];
  readonly hasPosition: boolean;
  readonly lineOf: LineOf;
  /** Places of the key in an element's line; undefined where its place is in the key, so that no two can be equal. */
  readonly key: readonly number[] | undefined;
  /** Stands before the lines in the digest: another table, or other columns, make another one. */
  readonly head: string;
}

/** How the children of a definition are made; undefined when it has none. */
export function planChildren(definition: Definition): readonly ChildPlan[] | undefined {
  const { target } = definition;
  if (target.kind !== 'table' || !target.children) return undefined;
  const columns = Object.keys(target.fields);
  return childrenOf(definition).map((table) => planChild(table, columns));
}

function planChild({ definition, child }: ChildTable, columns: readonly string[]): ChildPlan {
  const { target } = definition;
  const { at, parent, position, key, fields } = child;
  const own = Object.keys(fields);
  const isPlaced = position !== undefined && key.includes(position);
  return {
    at,
    readList: compilePath(at),
    copied: Object.values(parent).map((field) => columns.indexOf(field)),
    hasPosition: position !== undefined,
    lineOf: tableLine(planColumns({ ...target, key, fields }, undefined)),
    key: isPlaced ? undefined : key.map((name) => own.indexOf(name)).filter((place) => place >= 0),
    head: JSON.stringify([target.schema, target.table, Object.keys(target.fields)]),
  };
}

/**
 * The children of one part. A record is taken with all of its children or not at all, and its row keeps a digest of them:
 * so whatever tells a changed record from an unchanged or an outdated one tells it of the children as well.
 */
export class ChildRecords {
  readonly #plans: readonly ChildPlan[];
  readonly #texts: string[];
  #bytes = 0;
  /** Of the record that was read last. */
  #read: readonly string[] = [];

  constructor(plans: readonly ChildPlan[]) {
    this.#plans = plans;
    this.#texts = plans.map(() => '');
  }

  /** Lines of COPY text for each child, in their order: the digest of the record they belong to, then their columns. */
  get texts(): readonly string[] {
    return this.#texts;
  }

  /** Reads the children of a record, whose own line is known; answers the digest of them as COPY has it, or why not. */
  read(record: unknown, line: string): string | Refusal {
    const cells = line.slice(0, -1).split('\t');
    const sets: string[][] = [];
    for (const plan of this.#plans) {
      const set = linesOf(plan, record, cells);
      if (!Array.isArray(set)) return set;
      sets.push(set);
    }
    const digest = digestOf(this.#plans, sets);
    const read = sets.map((set) => set.map((each) => `${digest}\t${each}`).join(''));
    const bytes = read.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    if (this.#bytes + bytes > MAX_CHILDREN_BYTES) {
      const reason = `${sets.flat().length} children have ${bytes} bytes of text; a part of a page carries ${MAX_CHILDREN_BYTES}`;
      return { code: 'RECORD_TOO_LARGE', reason };
    }
    this.#read = read;
    return digest;
  }

  /** Keeps the children that were read last, whose record is taken. */
  keep(): void {
    for (const [place, text] of this.#read.entries()) {
      this.#texts[place] += text;
      this.#bytes += Buffer.byteLength(text);
    }
    this.#read = [];
  }
}

function linesOf(plan: ChildPlan, record: unknown, cells: readonly string[]): string[] | Refusal {
  const list = plan.readList(record);
  if (list === undefined || list === null) return [];
  if (!Array.isArray(list)) return refuse(`${plan.at}: is no list`);
  const copied = plan.copied.map((place) => `${cells[place] ?? NULL_TEXT}\t`).join('');
  const lines = new Map<string, string>();
  for (const [place, element] of list.entries()) {
    const own = plan.lineOf(element);
    const at = `${plan.at}.${place}`;
    if (typeof own !== 'string') {
      return element === null ? refuse(`${at}: is null`) : refuse(`${at}.${own.reason}`);
    }
    const name = keyOf(plan, own, place);
    const line = `${copied}${plan.hasPosition ? `${place}\t` : ''}${own}`;
    if ((lines.get(name) ?? line) !== line) {
      return refuse(`${at}: has the key of another element, which is not the same`);
    }
    lines.set(name, line);
  }
  return [...lines.values()];
}

function keyOf({ key }: ChildPlan, line: string, place: number): string {
  if (!key) return String(place);
  const cells = line.slice(0, -1).split('\t');
  return key.map((each) => cells[each]).join('\t');
}

/** The same for equal sets, in whatever order a source lists them. */
function digestOf(plans: readonly ChildPlan[], sets: readonly (readonly string[])[]): string {
  const said = plans.flatMap(({ head }, place) => {
    const set = sets[place] ?? [];
    return set.length === 0 ? [] : [head, ...set.toSorted()];
  });
  return said.length === 0 ? NULL_TEXT : hash('sha256', said.join('\n')).slice(0, 16);
}
