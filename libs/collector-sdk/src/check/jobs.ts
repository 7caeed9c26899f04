import { TerminalError } from '@tidemark/runtime';
import { listPartitions, partitionKeys } from '../incremental/partitions.ts';
import { hasJobs, jobKeys, jobsOf } from '../jobs.ts';
import { variablesOf } from '../request/template.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently, inEach } from './readable.ts';

const longestName = 63;

/** The names of a target's tables: each value in them is one of every partition, and each table has one set of values. */
export function checkJobs(sections: Sections): Mistake[] {
  const { target, partitions } = sections;
  if (!target) return [];
  if (!hasJobs({ target })) return checkLengths(target);
  if (partitions === undefined) return [];
  const keys = partitionKeys({ partitions });
  return independently(
    () => {
      const unknown = inEach(nameParts, (name) => unknownValues(target[name], keys, name));
      return unknown.length > 0 ? unknown : checkTables(sections);
    },
    () => checkUses(sections),
  );
}

const nameParts = ['schema', 'table'] as const;

function unknownValues(text: string, keys: readonly string[], name: string): Mistake[] {
  return variablesOf(text)
    .filter((key) => !keys.includes(key))
    .map((key) => ({
      path: `target.${name}`,
      message: `partitions have no value "${key}"; they have ${keys.join(', ') || 'none'}`,
    }));
}

function checkLengths(target: NonNullable<Sections['target']>): Mistake[] {
  return inEach(nameParts, (name) => {
    if (target[name].length <= longestName) return [];
    return [{ path: `target.${name}`, message: `has more than ${longestName} letters` }];
  });
}

/** What only PostgreSQL knows the partitions of is checked when it is planned. */
function checkTables({ target, partitions }: Sections): Mistake[] {
  const listed = partitions && listPartitions({ partitions });
  if (!target || !listed || jobKeys(target).some((key) => listed.some((each) => !(key in each)))) {
    return [];
  }
  try {
    jobsOf({ target }, listed);
    return [];
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    return [{ path: 'target.table', message: error.message.replace(/^target\.table: /, '') }];
  }
}

/** What works on the whole of one target is not to be had with many. */
function checkUses({ incremental }: Sections): Mistake[] {
  const path = 'target.table';
  if (incremental?.kind === 'snapshot' && incremental.deletions !== 'ignore') {
    const message =
      'a snapshot that deletes needs one table for all partitions; say incremental.deletions: ignore, or give all one table';
    return [{ path, message }];
  }
  if (incremental?.kind === 'worklist' && incremental.final !== undefined) {
    const message =
      'incremental.final is looked for in one table; give all partitions the same, or let the list say what is final';
    return [{ path, message }];
  }
  return [];
}
