import { targetShape, type Definition } from '@tidemark/collector-sdk';
import { asOwner, type Queryable } from '@tidemark/store';
import pg from 'pg';
import { targetName } from '../targets/target-statements.ts';

const SCHEMA = 'tidemark_rehearsals';

/** Makes the table that a rehearsal loads into, empty and shaped as the target is; answers its name as SQL writes it. */
export async function createScratch(
  db: Queryable,
  definition: Definition,
  runId: string,
): Promise<string> {
  const name = scratchName(runId);
  const key = targetShape(definition).key.map((column) => pg.escapeIdentifier(column));
  await asOwner(db, async () => {
    await db.query(`create schema if not exists ${SCHEMA}`);
    await db.query(
      `create table ${name} (like ${targetName(definition)} including defaults including identity including generated)`,
    );
    await db.query(`alter table ${name} add primary key (${key.join(', ')})`);
  });
  return name;
}

/** Removes the table of a rehearsal, if it is there. */
export async function dropScratch(db: Queryable, runId: string): Promise<void> {
  await asOwner(db, async () => {
    await db.query(`drop table if exists ${scratchName(runId)}`);
  });
}

/** The name of a rehearsal's table, as SQL writes it. */
export function scratchName(runId: string): string {
  return `${SCHEMA}.${pg.escapeIdentifier(`run_${runId.replaceAll('-', '')}`)}`;
}
