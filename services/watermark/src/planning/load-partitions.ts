import {
  combinePartitions,
  isRawJson,
  listPartitions,
  type Definition,
  type PartitionSet,
} from '@tidemark/collector-sdk';
import type { Partition } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { Queryable } from '@tidemark/store';
import { readSelect, refusal, type Select, type SelectedRow } from './read-select.ts';
import { selectRowsOf } from './select-rows-of.ts';

/** More partitions than this are a mistake in a query. */
const MAX_PARTITIONS = 100_000;

/** The name under which a priority that is no value of a partition is selected. */
const PRIORITY = '_priority';

/** The partitions of a definition as they are now, in the order in which they are to be read. Needs a transaction. */
export async function loadPartitions(
  db: Queryable,
  definition: Definition,
): Promise<readonly Partition[]> {
  const { partitions: set } = definition;
  if (Array.isArray(set)) return set;
  const partitions = listPartitions(definition) ?? combinePartitions(set, await readRows(db, set));
  if (partitions.length > MAX_PARTITIONS) {
    throw refusal({ where: 'partitions' }, `are more than ${MAX_PARTITIONS}`);
  }
  if (partitions.length >= set.minItems) return partitions;
  throw new TerminalError(
    'PLAN_REFUSED',
    `"${definition.name}" has ${partitions.length} partitions now, fewer than partitions.minItems ${set.minItems}`,
  );
}

async function readRows(db: Queryable, set: PartitionSet): Promise<(readonly Partition[])[]> {
  const found: (readonly Partition[])[] = [];
  const { query, keys = [], collector, fields = {} } = set;
  if (query !== undefined) {
    const where = 'partitions.query';
    const select = { ...common(set), where, sql: query, orderBy: set.priority };
    found.push(valuesOf(select, await readSelect(db, select), keys));
  }
  if (collector !== undefined) {
    const where = 'partitions.collector';
    const priority = query === undefined ? set.priority : undefined;
    const greatest = priority === undefined ? undefined : { field: priority, as: PRIORITY };
    const rows = { where, collector, fields, conditions: set.where ?? {}, greatest };
    const orderBy = greatest?.as;
    const select = { ...common(set), where, ...(await selectRowsOf(db, rows)), orderBy };
    found.push(valuesOf(select, await readSelect(db, select), Object.keys(fields)));
  }
  return found;
}

function common({ newestFirst }: PartitionSet): Pick<Select, 'reversed' | 'maxRows'> {
  return { reversed: newestFirst, maxRows: MAX_PARTITIONS };
}

function valuesOf(
  select: Select,
  rows: readonly SelectedRow[],
  keys: readonly string[],
): Partition[] {
  return rows.map((row) => {
    if (select.orderBy !== undefined && !(select.orderBy in row)) {
      throw refusal(select, `has no column "${select.orderBy}", which partitions.priority names`);
    }
    return Object.fromEntries(keys.map((key) => [key, valueOf(select, row, key)]));
  });
}

/** A value of a partition as it is in JSON; digits that a number would lose stay text. */
export function valueOf(
  select: Pick<Select, 'where'>,
  row: SelectedRow,
  key: string,
): string | number | boolean {
  const value = row[key];
  if (isRawJson(value)) return value.rawJSON;
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
    return value;
  }
  if (value === undefined) throw refusal(select, `has no column "${key}"`);
  throw refusal(select, `has a row whose "${key}" is ${value === null ? 'NULL' : 'not one value'}`);
}
