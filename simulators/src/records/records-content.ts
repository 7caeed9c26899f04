import type { GivenRecord, RecordRow } from './record-row.ts';
import { compareRows, readRecordRow } from './record-row.ts';

/** The records of a source, by id, and their order. */
export class RecordsContent {
  readonly #rows = new Map<string, RecordRow>();
  #sorted: RecordRow[] | undefined;
  #revision = 0;

  constructor(rows: Iterable<RecordRow>) {
    this.#put(rows);
  }

  /** Grows with every change. */
  get revision(): number {
    return this.#revision;
  }

  /** All records by `updated_at` and id. */
  sorted(): readonly RecordRow[] {
    this.#sorted ??= [...this.#rows.values()].toSorted(compareRows);
    return this.#sorted;
  }

  /** Puts records in the place of those with the same id; all of them, or none if one is bad. */
  upsert(given: Iterable<GivenRecord>): void {
    this.#put([...given].map(readRecordRow));
  }

  /** Removes records; answers how many were there. */
  delete(ids: readonly string[]): number {
    const deleted = ids.filter((id) => this.#rows.delete(id)).length;
    this.#changed();
    return deleted;
  }

  #put(rows: Iterable<RecordRow>): void {
    for (const row of rows) this.#rows.set(row.id, row);
    this.#changed();
  }

  #changed(): void {
    this.#sorted = undefined;
    this.#revision += 1;
  }
}

/** How many of the sorted rows come before the first one for which this holds. */
export function countBefore(
  rows: readonly RecordRow[],
  reached: (row: RecordRow) => boolean,
): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const row = rows[middle];
    if (row === undefined || reached(row)) high = middle;
    else low = middle + 1;
  }
  return low;
}
