import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { orderColumns } from './orders-definition.ts';

/**
 * Seconds that one connection's plain COPY takes for the same rows into a table with the same columns and key, for each
 * of `times` tries into an empty table. The rows are in memory before the clock starts.
 */
export async function measureCopy(url: string, times: number): Promise<number[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const columns = orderColumns.join(', ');
    const rows = await client
      .query(copyTo(`copy (select ${columns} from public.orders order by id) to stdout`))
      .toArray();
    await client.query('create table public.orders_copy (like public.orders including all)');
    const seconds: number[] = [];
    for (let tried = 0; tried < times; tried += 1) {
      await client.query('truncate public.orders_copy');
      const startedMs = performance.now();
      await pipeline(
        Readable.from(rows, { objectMode: false }),
        client.query(copyFrom(`copy public.orders_copy (${columns}) from stdin`)),
      );
      seconds.push((performance.now() - startedMs) / 1e3);
    }
    await client.query('drop table public.orders_copy');
    return seconds;
  } finally {
    await client.end();
  }
}
