import type { Worklist } from '../definition/worklist.ts';
import { partitionKeys } from '../incremental/partitions.ts';
import { variablesOf } from '../request/template.ts';
import type { Mistake, Sections } from './mistake.ts';

/** What a list of ids has in common with the target and the request. */
export function checkWorklist(sections: Sections): Mistake[] {
  const { incremental, target } = sections;
  if (incremental?.kind !== 'worklist') return [];
  return [
    ...checkOrigin(incremental),
    ...checkPartition(incremental, sections),
    ...(target?.kind === 'table' ? checkFields(incremental, target) : []),
    ...checkPlaces(incremental, sections),
    ...checkAsking(sections),
  ];
}

/** Fields tell nothing of a raw target, and of records before they are changed. */
function checkPlaces({ final, idAt }: Worklist, { target, transform }: Sections): Mistake[] {
  const mistakes: Mistake[] = [];
  if (final && (target?.kind === 'raw' || target?.table.includes('{') === true)) {
    const message = 'needs one target of kind table, whose fields it looks at';
    mistakes.push({ path: 'incremental.final', message });
  }
  const needsPlace = target?.kind === 'raw' || transform?.function !== undefined;
  if (needsPlace && idAt === undefined) {
    const message = 'is needed: fields tell nothing of records as they come';
    mistakes.push({ path: 'incremental.idAt', message });
  }
  return mistakes;
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

function checkFields({ id, final }: Worklist, { key, fields }: Table): Mistake[] {
  const mistakes: Mistake[] = [];
  if (id === undefined && key.length !== 1) {
    const message = 'is needed: the key of the target has several fields';
    mistakes.push({ path: 'incremental.id', message });
  }
  for (const [path, name] of [
    ['incremental.id', id],
    ['incremental.final.field', final?.field],
  ] as const) {
    if (name !== undefined && !fields[name]) {
      mistakes.push({ path, message: `target.fields has no field "${name}"` });
    }
  }
  return mistakes;
}
