import { createHash } from 'node:crypto';
import pg from 'pg';
import { rowText } from './generated-orders.ts';

/** Rows that are read at a time. */
const FETCH = 20_000;

/** One hash over all records of the source, in the order of their numbers. */
export function hashOfSource(records: number): string {
  const hash = createHash('sha256');
  for (let id = 1; id <= records; id += 1) hash.update(rowText(id));
  return hash.digest('hex');
}

/** The same over what a target holds, and how many rows that are. */
export async function hashOfTarget(
  pool: pg.Pool,
  table: string,
): Promise<{ rows: number; hash: string }> {
  const hash = createHash('sha256');
  let rows = 0;
  const client = await pool.connect();
  try {
    await client.query(`set time zone 'UTC'; begin read only;
      declare everything no scroll cursor for
       select concat_ws('|', id, customer_id, email, amount, note,
                        to_char(changed_at, 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')) || E'\\n' as line
         from public.${pg.escapeIdentifier(table)} order by id`);
    for (;;) {
      const batch = await client.query<{ line: string }>(`fetch ${FETCH} from everything`);
      for (const { line } of batch.rows) hash.update(line);
      rows += batch.rows.length;
      if (batch.rows.length < FETCH) break;
    }
    await client.query('commit');
  } finally {
    client.release();
  }
  return { rows, hash: hash.digest('hex') };
}
