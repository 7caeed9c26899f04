import type { PagePlace, PageTask } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { TextPart } from '../answer/cut-answer.ts';
import { MAX_RECORD_BYTES, type Part } from '../answer/cut-parts.ts';
import { durationToMs } from '../duration.ts';
import { seenValues } from '../paginate/seen-values.ts';
import { parametersOf, selectionOf, type CompiledQuery } from './compiled-query.ts';
import type { Connection } from './connection.ts';
import { cutRows } from './cut-rows.ts';
import {
  absentStatement,
  describeStatement,
  pageStatement,
  type PageLimits,
  type SentRow,
} from './page-query.ts';
import { readColumns, type QueryColumns } from './query-columns.ts';
import { fixBound } from './row-bound.ts';
import { readRowPlace, writeRowPlace, type RowPlace } from './row-place.ts';

/** A page of a query. */
export interface RowsPage {
  readonly kind: 'rows';
  readonly parts: readonly (Part | TextPart)[];
  readonly bytes: number;
  /** Where the page after this one begins; undefined when this is the last one. */
  readonly next: PagePlace['place'] | undefined;
  /** What the chunk covers at most, as its page 0 found. */
  readonly bound: string | null;
  /** Of an integer cursor: the ranges of its values. */
  readonly seen: string | null;
  /** Page 0 of an open window: that rows have no cursor, and are not read. */
  readonly warning: string | undefined;
  /** Page 0: why rows may appear late all the same. */
  readonly doubt: string | undefined;
}

const MIB = 1024 * 1024;
const EQUAL_ROWS = 20_000;
const SOFT_BYTES = 4 * MIB;
const HARD_BYTES = 16 * MIB;
/** NULL cursors beyond this are not counted one by one. */
const NULLS_COUNTED = 1_000;

/**
 * What a transaction of a source begins with. Everything is set for this transaction alone: a pooler in front of the
 * database may give the session to somebody else. Each statement sees what was committed when it began, so that rows are
 * read by a later snapshot than the one in which open transactions were looked for.
 */
export function beginStatement({ definition }: CompiledQuery): string {
  const timeoutMs = durationToMs(definition.source.timeout);
  const settings = {
    statement_timeout: timeoutMs,
    lock_timeout: timeoutMs,
    idle_in_transaction_session_timeout: timeoutMs + 10_000,
    timezone: `'UTC'`,
    datestyle: `'ISO, YMD'`,
    intervalstyle: `'iso_8601'`,
    bytea_output: `'hex'`,
    extra_float_digits: 1,
    standard_conforming_strings: 'on',
  };
  const lines = Object.entries(settings).map(([name, value]) => `set local ${name} = ${value}`);
  return ['begin isolation level read committed, read only', ...lines].join('; ');
}

/** Reads one page inside a transaction that `beginStatement` began; throws when the query cannot be paged. */
export async function readRows(
  db: Connection,
  query: CompiledQuery,
  task: PageTask,
  askedAtUs: string,
): Promise<RowsPage> {
  const isFirst = task.page.seq === 0;
  const given = readRowPlace(task.page.place);
  const fixed = isFirst
    ? await fixBound(db, query, task, askedAtUs)
    : { bound: task.page.bound, until: given.until, doubt: undefined };
  const place = { ...given, until: fixed.until };
  const columns = await describe(db, query, task);
  const nullCursors = isFirst ? await countAbsent(db, query, task) : 0;
  const limits = limitsOf(query);
  const selection = selectionOf(query, task, columns, place);
  const statement = pageStatement(query.template, parametersOf(query, task), selection, limits);
  const rows = (await db.query(statement)).rows as unknown as readonly SentRow[];
  refuseTooMany(query, rows, limits);
  return {
    kind: 'rows',
    parts: cutRows(rows),
    bytes: rows.reduce((sum, { record }) => sum + (record?.length ?? 0), 0),
    next: nextPlace({ query, task, place, limits }, rows),
    bound: fixed.bound,
    seen: seenIn(query, task, rows),
    warning: warningOf(query, nullCursors),
    doubt: fixed.doubt,
  };
}

function limitsOf({ definition }: CompiledQuery): PageLimits {
  return {
    rows: definition.request.size,
    equalRows: EQUAL_ROWS,
    softBytes: SOFT_BYTES,
    hardBytes: HARD_BYTES,
    rowBytes: MAX_RECORD_BYTES,
  };
}

async function describe(
  db: Connection,
  query: CompiledQuery,
  task: PageTask,
): Promise<QueryColumns> {
  const { fields } = await db.query(describeStatement(query.template, parametersOf(query, task)));
  return readColumns(query.definition, query.order, fields);
}

async function countAbsent(db: Connection, query: CompiledQuery, task: PageTask): Promise<number> {
  const { template, order } = query;
  // Asked once in a run, and only where it is not answered by reading them.
  const most = task.cursor?.to === null && !readsNulls(query, task) ? NULLS_COUNTED : 0;
  const statement = absentStatement(template, parametersOf(query, task), order, most);
  const [found = {}] = (await db.query(statement)).rows;
  const apart = order.columns.slice(order.cursor === undefined ? 0 : 1);
  const absent = apart.find((_, place) => found[`apart${place}`] !== 0);
  if (absent === undefined) return Number(found['cursors'] ?? 0);
  throw new TerminalError(
    'SOURCE_REJECTED',
    `the column "${absent}", which tells rows apart, is NULL in some of them: leave those out in the query`,
  );
}

function refuseTooMany(
  { order }: CompiledQuery,
  rows: readonly SentRow[],
  { equalRows, hardBytes }: PageLimits,
): void {
  const [first] = rows;
  if (!first) return;
  const equal = `rows that are equal in ${order.columns.map((name) => `"${name}"`).join(', ')}`;
  const remedy = 'declare incremental.tie, a column that tells them apart';
  if (first.total > equalRows) {
    throw new TerminalError(
      'SOURCE_REJECTED',
      `there are more than ${equalRows} ${equal}: ${remedy}`,
    );
  }
  if (first.record === null) {
    throw new TerminalError(
      'RESPONSE_TOO_LARGE',
      `${equal} have more than ${hardBytes} bytes: ${remedy}`,
    );
  }
}

interface PageRead {
  readonly query: CompiledQuery;
  readonly task: PageTask;
  readonly place: RowPlace;
  readonly limits: PageLimits;
}

function nextPlace(
  { query, task, place, limits }: PageRead,
  rows: readonly SentRow[],
): PagePlace['place'] | undefined {
  const last = rows.at(-1);
  const isWhole = last === undefined || (rows.length === last.total && last.total < limits.rows);
  const columns = last?.place.slice(place.part === 'nulls' ? 1 : 0) ?? [];
  if (!isWhole && columns.length > 0) {
    const after = columns.filter((text) => text !== null);
    if (after.length === columns.length) return writeRowPlace({ ...place, after });
    throw new TerminalError('SOURCE_REJECTED', 'the last row of a page has no place in the order');
  }
  return place.part === 'rows' && readsNulls(query, task)
    ? writeRowPlace({ part: 'nulls', until: place.until, after: undefined })
    : undefined;
}

function seenIn(
  { definition, order }: CompiledQuery,
  task: PageTask,
  rows: readonly SentRow[],
): string | null {
  const { cursor } = order;
  if (cursor === undefined) return null;
  const values = rows.map(({ place }) => ({ [cursor]: place[0] }));
  return seenValues(definition, task.cursor, values);
}

function warningOf({ definition, order }: CompiledQuery, nullCursors: number): string | undefined {
  const { incremental } = definition;
  if (nullCursors === 0 || incremental.kind !== 'cursor') return undefined;
  const count = nullCursors < NULLS_COUNTED ? nullCursors : `at least ${NULLS_COUNTED}`;
  return `${count} rows have no "${order.cursor}" and are not read (incremental.nulls: ${incremental.nulls ?? 'reject'})`;
}

/** Rows without a cursor belong to no window: they are read once in a run, after its open one. */
function readsNulls({ definition: { incremental } }: CompiledQuery, task: PageTask): boolean {
  return (
    incremental.kind === 'cursor' && incremental.nulls === 'include' && task.cursor?.to === null
  );
}
