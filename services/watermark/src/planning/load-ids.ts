import {
  isRawJson,
  partitionKeys,
  targetShape,
  type Definition,
  type ListedId,
  type Worklist,
} from '@tidemark/collector-sdk';
import type { Queryable } from '@tidemark/store';
import pg from 'pg';
import { targetName } from '../targets/target-statements.ts';
import { valueOf } from './load-partitions.ts';
import { readSelect, refusal, type Select, type SelectedRow } from './read-select.ts';
import { selectRowsOf } from './select-rows-of.ts';

/** More ids than this are to be cut by the query. */
const MAX_IDS = 200_000;

/** The ids that a worklist names now, the most urgent first; undefined for other collectors. Needs a transaction. */
export async function loadIds(
  db: Queryable,
  definition: Definition,
): Promise<readonly ListedId[] | undefined> {
  const { incremental } = definition;
  if (incremental.kind !== 'worklist') return undefined;
  const select = await selectOf(db, incremental);
  const rows = await readSelect(db, select);
  const settled = await readFinal(db, definition, incremental);
  const keys = partitionKeys(definition);
  return rows.map((row) => listed(select, row, { keys, settled }));
}

async function selectOf(db: Queryable, { query, from }: Worklist): Promise<Select> {
  const common = { orderBy: 'score', maxRows: MAX_IDS };
  if (!from) return { ...common, where: 'incremental.query', sql: query ?? '' };
  const where = 'incremental.from';
  const greatest = from.score === undefined ? undefined : { field: from.score, as: 'score' };
  const fields = { ...from.partition, id: from.field };
  const rows = { where, collector: from.collector, fields, conditions: from.where, greatest };
  return { ...common, where, ...(await selectRowsOf(db, rows)) };
}

interface Known {
  readonly keys: readonly string[];
  readonly settled: ReadonlySet<string>;
}

function listed(select: Select, row: SelectedRow, { keys, settled }: Known): ListedId {
  const id = String(valueOf(select, row, 'id'));
  const names = Object.keys(row).filter((name) => !['id', 'score', 'final'].includes(name));
  const stray = names.find((name) => !keys.includes(name));
  if (stray !== undefined) {
    const problem = `has a column "${stray}", which is none of id, score, final and the keys of the partitions`;
    throw refusal(select, problem);
  }
  const partition = Object.fromEntries(names.map((name) => [name, valueOf(select, row, name)]));
  if (settled.has(id)) return { id, partition, final: 'loaded' };
  const final = row['final'] ?? false;
  if (typeof final === 'boolean') return { id, partition, final: final ? 'listed' : null };
  throw refusal(
    select,
    `has a column "final" that is ${isRawJson(final) ? 'a number' : 'no boolean'}`,
  );
}

/** Ids whose rows in the target are as they will stay. */
async function readFinal(
  db: Queryable,
  definition: Definition,
  { final, id }: Worklist,
): Promise<ReadonlySet<string>> {
  if (!final) return new Set();
  const { key } = targetShape(definition);
  const [name, field] = [id ?? key[0] ?? '', final.field].map((each) => pg.escapeIdentifier(each));
  const { rows } = await db.query<{ id: string }>(
    `select distinct ${name}::text as id from ${targetName(definition)} where ${field}::text = any($1::text[])`,
    [final.values.map(String)],
  );
  return new Set(rows.map((row) => row.id));
}
