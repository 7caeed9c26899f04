import { oneStatement, parseExact } from '@tidemark/collector-sdk';
import { TerminalError } from '@tidemark/runtime';
import type { Queryable } from '@tidemark/store';
import pg from 'pg';

/** A `select` that a definition brings, or that is made for one. */
export interface Select {
  /** Where in the definition it stands, for people. */
  readonly where: string;
  readonly sql: string;
  readonly values?: readonly unknown[];
  /** Rows with greater values in this column come first; else the order is the query's own. */
  readonly orderBy?: string | undefined;
  /** Turns the query's own order round. */
  readonly reversed?: boolean;
  readonly maxRows: number;
}

export type SelectedRow = Readonly<Record<string, unknown>>;

const WITHIN = '10s';

/**
 * Reads the rows of a `select` in the caller's transaction, without being able to write, and not for long. What is wrong with it
 * refuses the plan.
 */
export async function readSelect(db: Queryable, select: Select): Promise<readonly SelectedRow[]> {
  await db.query('savepoint reading');
  try {
    await db.query(
      `set local transaction_read_only = on; set local statement_timeout = '${WITHIN}'`,
    );
    const statement = oneStatement({ text: textOf(select), values: select.values ?? [] });
    const { rows } = await db.query<{ row: string }>(statement);
    if (rows.length > select.maxRows) {
      throw refusal(select, `gives more than ${select.maxRows} rows; let it give fewer`);
    }
    return rows.map(({ row }) => parseExact(row) as SelectedRow);
  } catch (error) {
    throw error instanceof pg.DatabaseError ? (explain(select, error) ?? error) : error;
  } finally {
    // Nothing was written; this takes the settings back as well. A broken connection has nothing to take back.
    await db
      .query('rollback to savepoint reading; release savepoint reading')
      .catch(() => undefined);
  }
}

/** Why a plan cannot be made from what a definition names. */
export function refusal({ where }: Pick<Select, 'where'>, problem: string): TerminalError {
  return new TerminalError('PLAN_REFUSED', `${where} ${problem}`);
}

/** As a part of a statement the text can only be a `select`, and one statement is all that is sent. */
function textOf({ sql, orderBy, reversed, maxRows }: Select): string {
  const own = sql.replace(/[\s;]+$/, '');
  const order = [
    ...(orderBy === undefined
      ? []
      : [`nullif(to_jsonb(q) -> ${pg.escapeLiteral(orderBy)}, 'null') desc nulls last`]),
    reversed === true ? 'place desc' : 'place',
  ].join(', ');
  return `select row_to_json(q)::text as row
  from (select q, row_number() over () as place
          from (
${own}
) as q) as listed
 order by ${order}
 limit ${maxRows + 1}`;
}

function explain(select: Select, error: pg.DatabaseError): TerminalError | undefined {
  const state = error.code ?? '';
  if (state === '57014') return refusal(select, `took longer than ${WITHIN}; make it faster`);
  // These messages name tables and columns; others may quote values.
  if (/^(42|25)/.test(state)) return refusal(select, `cannot be read: ${error.message}`);
  return /^(08P01|22|0A|2F|38|54)/.test(state)
    ? refusal(select, `cannot be read: SQLSTATE ${state}`)
    : undefined;
}
