import pg from 'pg';
import type { Random } from '../random.ts';
import { openPool } from '../world/open-pool.ts';

const ROWS_AT_START = 400;

/** A database that is a source: rows are added and changed in it while it is read. */
export class Ledger implements AsyncDisposable {
  readonly url: string;
  readonly #pool: pg.Pool;
  readonly #random: Random;

  private constructor(url: string, random: Random) {
    this.url = url;
    this.#random = random;
    this.#pool = openPool(url, 2);
  }

  /** Makes the database on a server, with some rows. */
  static async create(serverUrl: string, random: Random): Promise<Ledger> {
    const admin = new pg.Client({ connectionString: serverUrl });
    await admin.connect();
    await admin.query('create database ledger');
    await admin.end();
    const url = new URL(serverUrl);
    url.pathname = '/ledger';
    const ledger = new Ledger(url.href, random);
    await ledger.#pool.query(`
      create table entries (id bigint primary key, at timestamptz not null, amount numeric, note text);
      create index on entries (at, id);
      insert into entries
      select id, now() - id * interval '3 minutes' - interval '1 hour', id + 0.01, 'entry ' || id
        from generate_series(1, ${ROWS_AT_START}) as id`);
    return ledger;
  }

  /** Adds a row and changes another, each in a transaction of its own; a server that is away means no change. */
  async change(): Promise<void> {
    const amount = `${this.#random.between(0, 99_999)}.${this.#random.between(1, 9)}`;
    const place = this.#random.next();
    try {
      await this.#pool.query(
        `insert into entries select max(id) + 1, clock_timestamp(), $1, 'added' from entries`,
        [amount],
      );
      await this.#pool.query(
        `update entries set at = clock_timestamp(), amount = $1, note = 'changed'
          where id = (select 1 + floor($2::float8 * max(id))::bigint from entries)`,
        [amount, place],
      );
    } catch (error) {
      // Whether a change got lost with its connection is told by the table, which is read in the end.
      if (!(error instanceof Error)) throw error;
    }
  }

  /** Every row as one line, in the form that targets are read in. */
  async lines(): Promise<string[]> {
    const { rows } = await this.#pool.query<{ line: string }>(`
      select concat_ws(' ', id, to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), amount, note) as line
        from entries`);
    return rows.map(({ line }) => line);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end();
  }
}
