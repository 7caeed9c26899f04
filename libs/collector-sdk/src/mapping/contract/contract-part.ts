import { type AddedColumn, MAX_ADDED_COLUMNS, MAX_FIELD_NAME } from '@tidemark/contracts';
import { NULL_TEXT } from '../columns/copy-text.ts';
import { type Refusal, refuse } from '../line-of.ts';
import { type AddedValue, addedValueOf } from './added-value.ts';
import type { ContractPlan } from './contract-plan.ts';

interface Cell extends AddedValue, Pick<AddedColumn, 'kind' | 'name'> {}

/** The cells of a record by the place of their column. */
type Row = readonly (readonly [place: number, text: string])[];

/**
 * One part on its way through a schema contract. What no declared column takes is held beside each line until the last
 * record has told which columns the part has.
 */
export class ContractPart {
  readonly columns: AddedColumn[] = [];
  readonly discarded: Record<string, number> = {};
  readonly #plan: ContractPlan;
  readonly #places = new Map<string, number>();
  readonly #lines: string[] = [];
  readonly #rows: Row[] = [];
  #cells: Cell[] = [];
  #left: string[] = [];

  constructor(plan: ContractPlan) {
    this.#plan = plan;
  }

  /** Whether the contract has another place than its column for a value, which then is NULL there. */
  takesMisfit(column: string, value: unknown): boolean {
    if (this.#plan.fixed.has(column)) return false;
    if (this.#plan.types === 'discard') {
      this.#left.push(column);
      return true;
    }
    if (this.#plan.types === 'freeze') return false;
    return this.#take('variant', column, value);
  }

  /** Why a record cannot be taken because of the fields that no declared one reads. */
  takeUnknown(record: unknown): Refusal | undefined {
    const { columns, read } = this.#plan;
    if (columns === 'discard' || read === 'everything') return undefined;
    if (typeof record !== 'object' || record === null) return undefined;
    for (const [name, value] of Object.entries(record)) {
      if (read.has(name)) continue;
      if (columns === 'freeze') {
        return refuse(`${named(name)}: is not declared, and target.contract.columns is freeze`);
      }
      if (!this.#take('field', name, value)) {
        return refuse(
          `${named(name)}: no column can be added for it; a part has at most ${MAX_ADDED_COLUMNS}, with names of at most ${MAX_FIELD_NAME} characters`,
        );
      }
    }
    return undefined;
  }

  /** Keeps a record that is taken. */
  keep(line: string): void {
    this.#rows.push(this.#cells.map((cell) => [this.#placeOf(cell), cell.text]));
    this.#lines.push(line);
    for (const column of this.#left) this.discarded[column] = (this.discarded[column] ?? 0) + 1;
    this.drop();
  }

  /** Forgets what was held of a record that is rejected. */
  drop(): void {
    this.#cells = [];
    this.#left = [];
  }

  /** The lines of all records: the declared columns, then those of this part. */
  text(): string {
    if (this.columns.length === 0) return this.#lines.join('');
    return this.#lines.map((line, index) => this.#lengthen(line, this.#rows[index] ?? [])).join('');
  }

  #lengthen(line: string, row: Row): string {
    const cells: string[] = Array.from({ length: this.columns.length }, () => NULL_TEXT);
    for (const [place, text] of row) cells[place] = text;
    return `${line.slice(0, -1)}\t${cells.join('\t')}\n`;
  }

  /** False when a column more would be too many. A column counts from the first record on that is taken. */
  #take(kind: Cell['kind'], name: string, value: unknown): boolean {
    const added = addedValueOf(value);
    if (!added) return true;
    if (name.length > MAX_FIELD_NAME) return false;
    const cell = { ...added, kind, name: storableName(name) };
    if (!this.#places.has(keyOf(cell))) {
      const isNew = this.#cells.filter((one) => !this.#places.has(keyOf(one))).length;
      if (this.columns.length + isNew >= MAX_ADDED_COLUMNS) return false;
    }
    this.#cells.push(cell);
    return true;
  }

  #placeOf(cell: Cell): number {
    const key = keyOf(cell);
    const known = this.#places.get(key);
    if (known !== undefined) return known;
    const { kind, name, type } = cell;
    this.columns.push({ kind, name, type });
    this.#places.set(key, this.columns.length - 1);
    return this.columns.length - 1;
  }
}

function keyOf({ kind, name, type }: AddedColumn): string {
  return `${kind} ${type} ${name}`;
}

/** PostgreSQL keeps the name as text: without U+0000, and without halves of surrogate pairs. */
function storableName(name: string): string {
  return name.replaceAll('\0', '\u{fffd}').toWellFormed();
}

function named(name: string): string {
  return JSON.stringify(name.length > MAX_FIELD_NAME ? `${name.slice(0, MAX_FIELD_NAME)}…` : name);
}
