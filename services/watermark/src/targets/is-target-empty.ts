import { childrenOf, type Definition } from '@tidemark/collector-sdk';
import type { Queryable } from '@tidemark/store';
import pg from 'pg';
import { targetName } from './target-statements.ts';

/** Whether a target and its children hold no row; see below. */
export async function areTablesEmpty(db: Queryable, definition: Definition): Promise<boolean> {
  for (const each of [{ definition }, ...childrenOf(definition)]) {
    if (!(await isTargetEmpty(db, each.definition))) return false;
  }
  return true;
}

/**
 * Whether a target holds no row, asked inside a transaction. One that is not there yet, or that cannot be looked at now,
 * counts as not empty, which is the careful answer: a locked table must not hold up the planning of its collector.
 */
async function isTargetEmpty(db: Queryable, definition: Definition): Promise<boolean> {
  const name = targetName(definition);
  const exists = await db.query<{ exists: boolean }>(
    'select to_regclass($1) is not null as exists',
    [name],
  );
  if (exists.rows[0]?.exists !== true) return false;
  await db.query('savepoint emptiness');
  try {
    await db.query(`set local lock_timeout = '200ms'`);
    const { rows } = await db.query<{ empty: boolean }>(
      `select not exists (select from ${name}) as empty`,
    );
    return rows[0]?.empty === true;
  } catch (error) {
    if (error instanceof pg.DatabaseError) return false;
    throw error;
  } finally {
    // Nothing was written; this takes the setting back as well.
    await db.query('rollback to savepoint emptiness; release savepoint emptiness');
  }
}
