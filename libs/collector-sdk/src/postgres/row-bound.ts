import type { PageTask } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { boundOf } from '../paginate/bound.ts';
import { subquery, type Statement } from './page-query.ts';
import { parametersOf, type CompiledQuery } from './compiled-query.ts';
import type { Connection } from './connection.ts';
import { quoteName } from './quote.ts';
import { doubtOf, momentStatement, readMoment, settledMoment } from './source-moment.ts';

/** What page 0 fixes for its whole chunk. */
export interface RowBound {
  /** What the chunk covers at most; null without a cursor, and for integers, whose values tell it themselves. */
  readonly bound: string | null;
  /** The newest cursor that is read; undefined when there is nothing to be read, or no cursor. */
  readonly until: string | undefined;
  /** Why rows may appear late all the same. */
  readonly doubt: string | undefined;
}

const unbounded: RowBound = { bound: null, until: undefined, doubt: undefined };

/** Asks the source how far its rows are settled. Must be asked before the rows are. */
export async function fixBound(
  db: Connection,
  query: CompiledQuery,
  task: PageTask,
  askedAtUs: string,
): Promise<RowBound> {
  const { incremental } = query.definition;
  if (incremental.kind !== 'cursor') return unbounded;
  if (incremental.unit === 'integer') return fixInteger(db, query, task);
  const moment = readMoment((await db.query(momentStatement)).rows[0]);
  const settledUs = settledMoment(moment);
  const bound =
    settledUs === null
      ? (task.cursor?.from ?? null)
      : boundOf(query.definition, task.cursor, { askedAtUs, sourceUs: settledUs });
  return { bound, until: moment.nowUs, doubt: doubtOf(moment) };
}

/** How often, and how far apart, it is looked whether the transactions have ended that may still add smaller integers. */
const LOOKS = 20;
const LOOK_EVERY_MS = 100;
/** What a transaction has seen of the activity of others stays the same until it is told to forget it. */
const lookAgain: Statement = {
  text: `select pg_sleep(${LOOK_EVERY_MS / 1_000}), pg_stat_clear_snapshot()`,
  values: [],
};

/**
 * The greatest integer of a sequence is settled once no transaction is open that began before it was seen: what begins
 * later gets greater ones. Transactions of everyday length are waited for; with a longer one nothing is covered this time.
 */
async function fixInteger(db: Connection, query: CompiledQuery, task: PageTask): Promise<RowBound> {
  const greatest = await loadGreatest(db, query, task);
  if (greatest === null) return unbounded;
  const seen = readMoment((await db.query(momentStatement)).rows[0]);
  const doubt = doubtOf(seen);
  for (let look = 0; look < LOOKS; look += 1) {
    await db.query(lookAgain);
    const { oldestUs, isStandby } = readMoment((await db.query(momentStatement)).rows[0]);
    const isSettled = isStandby || oldestUs === null || BigInt(oldestUs) > BigInt(seen.nowUs);
    if (isSettled) return { bound: null, until: greatest, doubt };
  }
  return { bound: task.cursor?.from ?? null, until: greatest, doubt };
}

async function loadGreatest(
  db: Connection,
  query: CompiledQuery,
  task: PageTask,
): Promise<string | null> {
  const parameters = parametersOf(query, task);
  const from = subquery(query.template, parameters);
  const column = quoteName(query.order.cursor ?? '');
  const text = `select max(q.${column})::text as greatest from ${from}`;
  const { rows } = await db.query({ text, values: parameters.values });
  const greatest = rows[0]?.['greatest'];
  if (typeof greatest !== 'string') return null;
  if (/^-?\d{1,30}$/.test(greatest)) return greatest;
  throw new TerminalError('SOURCE_REJECTED', `the greatest value of ${column} is no integer`);
}
