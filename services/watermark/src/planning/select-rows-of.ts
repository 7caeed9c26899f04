import { Definition, hasJobs, marksDeletions, targetShape } from '@tidemark/collector-sdk';
import { findCollector, type Queryable } from '@tidemark/store';
import pg from 'pg';
import { targetName } from '../targets/target-statements.ts';
import { refusal, type Select } from './read-select.ts';

const id = pg.escapeIdentifier;

/** Which rows of another collector's target are wanted, and how. */
export interface RowsOf {
  readonly where: string;
  readonly collector: string;
  /** Fields of the target by the names that their values are to have. */
  readonly fields: Readonly<Record<string, string>>;
  readonly conditions: Readonly<Record<string, unknown>>;
  /** Field of which the greatest value of each row found is wanted as well, under its name in the result. */
  readonly greatest?: { readonly field: string; readonly as: string } | undefined;
}

/** The `select` that reads the distinct rows of another collector's target that are still there. */
export async function selectRowsOf(
  db: Queryable,
  rows: RowsOf,
): Promise<Pick<Select, 'sql' | 'values'>> {
  const definition = await mustFind(db, rows);
  const { table, columns } = targetShape(definition);
  if (table.includes('{')) {
    throw refusal(rows, `names the collector "${rows.collector}", whose jobs have a table each`);
  }
  const known = new Set(columns.map(({ name }) => name));
  const field = (name: string): string => {
    if (known.has(name)) return `t.${id(name)}`;
    throw refusal(rows, `names the field "${name}", which ${rows.collector} does not have`);
  };
  const values: string[][] = [];
  const conditions = Object.entries(rows.conditions).map(([name, wanted]) => {
    values.push((Array.isArray(wanted) ? wanted : [wanted]).map(String));
    return `${field(name)}::text = any($${values.length}::text[])`;
  });
  const selected = Object.entries(rows.fields).map(([as, name]) => `${field(name)} as ${id(as)}`);
  const { greatest } = rows;
  if (greatest) selected.push(`max(${field(greatest.field)}) as ${id(greatest.as)}`);
  const places = Object.keys(rows.fields).map((_, place) => place + 1);
  const all = [...conditions, ...(marksDeletions(definition) ? ['t._deleted_at is null'] : [])];
  const sql = `select ${selected.join(', ')}
  from ${targetName(definition)} as t
 where ${all.length > 0 ? all.join(' and ') : 'true'}
 group by ${places.join(', ')}
 order by ${places.join(', ')}`;
  return { sql, values };
}

async function mustFind(db: Queryable, rows: RowsOf): Promise<Definition> {
  const row = await findCollector(db, rows.collector);
  const definition = Definition.safeParse(row?.definition);
  if (definition.success && hasJobs(definition.data)) {
    throw refusal(
      rows,
      `names the collector "${rows.collector}", whose partitions have tables of their own`,
    );
  }
  if (definition.success) return definition.data;
  throw refusal(rows, `names the collector "${rows.collector}", which is not registered`);
}
