import type { Worklist } from '../definition/worklist.ts';
import { partitionKeys } from '../incremental/partitions.ts';
import { variablesOf } from '../request/template.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently } from './readable.ts';

/** What a list of ids has in common with the target and the request. */
export function checkWorklist(sections: Sections): Mistake[] {
  const { incremental, target } = sections;
  if (incremental?.kind !== 'worklist') return [];
  return independently(
    () => checkOrigin(incremental),
    () => checkPartition(incremental, sections),
    () => (target?.kind === 'table' ? checkFields(incremental, target) : []),
    () => checkFinal(incremental, sections),
    () => checkPlace(incremental, sections),
    () => checkAsking(sections),
  );
}

/** Fields tell nothing of a raw target. */
function checkFinal({ final }: Worklist, { target }: Sections): Mistake[] {
  if (!final || !target) return [];
  if (target.kind === 'table' && !target.table.includes('{')) return [];
  const message = 'needs one target of kind table, whose fields it looks at';
  return [{ path: 'incremental.final', message }];
}

/** Nor do they tell anything of records before they are changed. */
function checkPlace({ idAt }: Worklist, { target, transform }: Sections): Mistake[] {
  if (idAt !== undefined) return [];
  if (target?.kind !== 'raw' && transform?.function === undefined) return [];
  const message = 'is needed: fields tell nothing of records as they come';
  return [{ path: 'incremental.idAt', message }];
}

function checkAsking({ request }: Sections): Mistake[] {
  if (request?.kind === 'sql') {
    return [{ path: 'incremental.kind', message: 'a worklist asks an HTTP API' }];
  }
  if (!request) return [];
  const texts = [request.path, ...Object.values(request.query), ...Object.values(request.headers)];
  if (texts.flatMap(variablesOf).includes('ids')) return [];
  return [{ path: 'request', message: 'does not say {ids}, so it would ask for nothing' }];
}

function checkOrigin({ query, from }: Worklist): Mistake[] {
  if ((query === undefined) !== (from === undefined)) return [];
  const message = 'needs either query or from, which list the ids';
  return [{ path: 'incremental', message }];
}

function checkPartition({ from }: Worklist, { partitions }: Sections): Mistake[] {
  if (!from || partitions === undefined) return [];
  const known = partitionKeys({ partitions });
  return Object.keys(from.partition)
    .filter((name) => !known.includes(name))
    .map((name) => ({
      path: `incremental.from.partition.${name}`,
      message: `is no key of the partitions (${known.join(', ') || 'they have none'})`,
    }));
}

type Table = Extract<NonNullable<Sections['target']>, { kind: 'table' }>;

function checkFields(worklist: Worklist, { key, fields }: Table): Mistake[] {
  const named = (path: string, name: string | undefined): Mistake[] =>
    name === undefined || Object.hasOwn(fields, name)
      ? []
      : [{ path, message: `target.fields has no field "${name}"` }];
  return independently(
    () => checkId(worklist, key),
    () => named('incremental.id', worklist.id),
    () => named('incremental.final.field', worklist.final?.field),
  );
}

function checkId({ id }: Worklist, key: Table['key']): Mistake[] {
  if (id !== undefined || key.length === 1) return [];
  const message = 'is needed: the key of the target has several fields';
  return [{ path: 'incremental.id', message }];
}
