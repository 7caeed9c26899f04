import { childrenOf, targetShape, type Column, type Definition } from '@tidemark/collector-sdk';
import { TerminalError } from '@tidemark/runtime';
import { asOwner, lockTarget, type Queryable, type Store } from '@tidemark/store';
import { createStatements, targetName, wantedColumns } from './target-statements.ts';

/** Makes a definition's target and the tables of its children, as `ensureTarget` does each. */
export async function ensureTables(store: Store, definition: Definition): Promise<void> {
  await ensureTarget(store, definition);
  for (const child of childrenOf(definition)) await ensureTarget(store, child.definition);
}

/**
 * Makes a definition's target, or adds the columns that it lacks; a target that cannot take the definition's records
 * throws. One process at a time, never inside a batch's transaction, and not longer than the lock time-out of the store.
 */
export async function ensureTarget(store: Store, definition: Definition): Promise<void> {
  // Most times nothing is to be done, and then no lock is asked for that readers or writers would feel.
  if (await store.with((db) => isAsWanted(db, definition))) return;
  await store.transaction(async (db) => {
    await lockTarget(db, targetName(definition));
    await asOwner(db, () => createOrExtend(db, definition));
    await requireTypes(db, definition);
    await requireKey(db, definition);
  });
}

async function createOrExtend(db: Queryable, definition: Definition): Promise<void> {
  for (const statement of createStatements(definition)) await db.query(statement);
  const present = await columnsOf(db, definition);
  for (const { name, add } of wantedColumns(definition)) {
    if (!present.has(name)) await db.query(add);
  }
}

async function isAsWanted(db: Queryable, definition: Definition): Promise<boolean> {
  const present = await columnsOf(db, definition);
  const hasAll = wantedColumns(definition).every(({ name, type }) => present.get(name) === type);
  return hasAll && hasKey(db, definition);
}

const typeNames: Readonly<Record<string, string>> = {
  'timestamp with time zone': 'timestamptz',
  'timestamp with time zone[]': 'timestamptz[]',
};

async function columnsOf(db: Queryable, definition: Definition): Promise<Map<string, string>> {
  const { rows } = await db.query<Column>(
    `select attname as name, format_type(atttypid, null) as type
       from pg_attribute
      where attrelid = to_regclass($1) and attnum > 0 and not attisdropped`,
    [targetName(definition)],
  );
  return new Map(rows.map(({ name, type }) => [name, typeNames[type] ?? type]));
}

async function requireTypes(db: Queryable, definition: Definition): Promise<void> {
  const present = await columnsOf(db, definition);
  const wrong = wantedColumns(definition)
    .filter(({ name, type }) => present.get(name) !== type)
    .map(({ name, type }) => `${name} is ${present.get(name) ?? 'missing'}, not ${type}`);
  if (wrong.length === 0) return;
  throw new TerminalError(
    'TARGET_SCHEMA_MISMATCH',
    `the table ${targetName(definition)} is not as declared: ${wrong.join('; ')}`,
  );
}

async function requireKey(db: Queryable, definition: Definition): Promise<void> {
  if (await hasKey(db, definition)) return;
  const { key } = targetShape(definition);
  throw new TerminalError(
    'TARGET_SCHEMA_MISMATCH',
    `the table ${targetName(definition)} has no unique index on exactly (${key.join(', ')})`,
  );
}

async function hasKey(db: Queryable, definition: Definition): Promise<boolean> {
  const { rows } = await db.query<{ found: boolean }>(
    `select exists (
       select from pg_index i
        where i.indrelid = to_regclass($1) and i.indisunique and i.indisvalid and i.indpred is null
          and i.indexprs is null
          and (select array_agg(a.attname::text order by a.attname::text collate "C")
                 from pg_attribute a
                where a.attrelid = i.indrelid and a.attnum = any(i.indkey[:i.indnkeyatts - 1]))
              = $2::text[]) as found`,
    [targetName(definition), targetShape(definition).key.toSorted()],
  );
  return rows[0]?.found === true;
}
