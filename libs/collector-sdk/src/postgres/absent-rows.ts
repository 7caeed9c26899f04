import type { PageTask } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { parametersOf, type CompiledQuery } from './compiled-query.ts';
import type { Connection } from './connection.ts';
import { absentStatement, NULLS_COUNTED, type AbsentQuestion } from './page-query.ts';
import type { QueryColumns } from './query-columns.ts';

// Rows without a cursor belong to no window, so an open one has them, after all others. No window tells which of them are
// new either. Where they become dead letters, a digest of them is kept as the signal of their chunk, and they are read
// again once it is another one. Otherwise the same rows would be rejected in each run, and be most of what it reads.

/** What page 0 finds of the rows without a cursor. */
export interface AbsentRows {
  /** Whether they are read, after all others. */
  readonly follow: boolean;
  /** Names them as they are, for the run after this one; null where nothing depends on it. */
  readonly signal: string | null;
  /** That there are some, and they are not read. */
  readonly warning: string | undefined;
}

type Policy = 'include' | 'reject' | 'quarantine' | 'skip';

const unread: AbsentRows = { follow: false, signal: null, warning: undefined };

const questions: Readonly<Record<Policy, AbsentQuestion | undefined>> = {
  include: undefined,
  reject: 'digest',
  quarantine: 'digest',
  skip: 'count',
};

/** Looks for rows without a cursor; throws where a column that tells rows apart is NULL. Must be asked before rows are. */
export async function findAbsent(
  db: Connection,
  query: CompiledQuery,
  task: PageTask,
  columns: QueryColumns,
): Promise<AbsentRows> {
  const { template, order } = query;
  const policy = policyOf(query, task);
  const question = policy && questions[policy];
  const parameters = parametersOf(query, task);
  const statement = absentStatement(template, parameters, { order, columns }, question);
  const [found = {}] = (await db.query(statement)).rows;
  refuseNullTies(query, found);
  switch (policy) {
    case undefined:
      return unread;
    case 'include':
      return { ...unread, follow: true };
    case 'skip':
      return { ...unread, warning: skippedWarning(query, Number(found['absent'])) };
    case 'reject':
    case 'quarantine':
      return judgeDigest(query, task, { policy, digest: String(found['absent']) });
  }
}

/** What becomes of the rows without a cursor of a task; undefined where it has none. */
function policyOf({ definition: { incremental } }: CompiledQuery, task: PageTask) {
  const isOpen = incremental.kind === 'cursor' && task.cursor?.to === null;
  return isOpen ? (incremental.nulls ?? 'skip') : undefined;
}

function refuseNullTies({ order }: CompiledQuery, found: Readonly<Record<string, unknown>>): void {
  const apart = order.columns.slice(order.cursor === undefined ? 0 : 1);
  const absent = apart.find((_, place) => found[`apart${place}`] !== 0);
  if (absent === undefined) return;
  throw new TerminalError(
    'SOURCE_REJECTED',
    `the column "${absent}", which tells rows apart, is NULL in some of them: leave those out in the query`,
  );
}

function skippedWarning({ order }: CompiledQuery, found: number): string | undefined {
  if (found === 0) return undefined;
  const count = found < NULLS_COUNTED ? found : `at least ${NULLS_COUNTED}`;
  return `${count} rows have no "${order.cursor}" and are not read (incremental.nulls: skip)`;
}

interface FoundDigest {
  readonly policy: Policy;
  /** Begins with their number. */
  readonly digest: string;
}

function judgeDigest(
  { order }: CompiledQuery,
  task: PageTask,
  { policy, digest }: FoundDigest,
): AbsentRows {
  const [count = ''] = digest.split(' ');
  // Another policy makes something else of the same rows.
  const signal = `${policy} ${digest}`;
  if (count === '0') return { ...unread, signal };
  if (signal !== task.signal) return { follow: true, signal, warning: undefined };
  const warning =
    `${count} rows have no "${order.cursor}", the same that an earlier run has read: ` +
    `they are not read again (incremental.nulls: ${policy})`;
  return { follow: false, signal, warning };
}
