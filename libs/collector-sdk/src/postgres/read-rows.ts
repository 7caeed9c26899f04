import type { PagePlace, PageTask } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { TextPart } from '../answer/cut-answer.ts';
import { MAX_RECORD_BYTES, type Part } from '../answer/cut-parts.ts';
import { durationToMs } from '../duration.ts';
import { seenValues } from '../paginate/seen-values.ts';
import { findAbsent } from './absent-rows.ts';
import { parametersOf, selectionOf, type CompiledQuery } from './compiled-query.ts';
import type { Connection } from './connection.ts';
import { cutRows } from './cut-rows.ts';
import { describeStatement, pageStatement, type PageLimits, type SentRow } from './page-query.ts';
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
  /** Page 0 of an open window: names the rows without a cursor, where they are not read again while they stay the same. */
  readonly signal: string | null;
  /** Page 0 of an open window: that rows have no cursor, and are not read. */
  readonly warning: string | undefined;
  /** Page 0: why rows may appear late all the same. */
  readonly doubt: string | undefined;
}

const MIB = 1024 * 1024;
const EQUAL_ROWS = 20_000;
const SOFT_BYTES = 4 * MIB;
const HARD_BYTES = 16 * MIB;

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
  const columns = await describe(db, query, task);
  const absent = isFirst ? await findAbsent(db, query, task, columns) : undefined;
  const nullsFollow = absent?.follow ?? given.nullsFollow;
  const place = { ...given, until: fixed.until, nullsFollow };
  const limits = limitsOf(query);
  const selection = selectionOf(query, task, columns, place);
  const statement = pageStatement(query.template, parametersOf(query, task), selection, limits);
  const rows = (await db.query(statement)).rows as unknown as readonly SentRow[];
  refuseTooMany(query, rows, limits);
  return {
    kind: 'rows',
    parts: cutRows(rows),
    bytes: rows.reduce((sum, { record }) => sum + (record?.length ?? 0), 0),
    next: nextPlace(place, rows, limits),
    bound: fixed.bound,
    seen: seenIn(query, task, rows),
    signal: absent?.signal ?? null,
    warning: absent?.warning,
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

function nextPlace(
  place: RowPlace,
  rows: readonly SentRow[],
  limits: PageLimits,
): PagePlace['place'] | undefined {
  const last = rows.at(-1);
  const isWhole = last === undefined || (rows.length === last.total && last.total < limits.rows);
  const columns = last?.place.slice(place.part === 'nulls' ? 1 : 0) ?? [];
  if (!isWhole && columns.length > 0) {
    const after = columns.filter((text) => text !== null);
    if (after.length === columns.length) return writeRowPlace({ ...place, after });
    throw new TerminalError('SOURCE_REJECTED', 'the last row of a page has no place in the order');
  }
  if (!place.nullsFollow) return undefined;
  return writeRowPlace({ ...place, part: 'nulls', nullsFollow: false, after: undefined });
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
