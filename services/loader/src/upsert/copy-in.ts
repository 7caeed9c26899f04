import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** Copies text in COPY's format into a table; rejects with PostgreSQL's own error. */
export async function copyIn(db: pg.ClientBase, sql: string, text: Buffer): Promise<void> {
  await pipeline(Readable.from([text], { objectMode: false }), db.query(copyFrom(sql)));
}
