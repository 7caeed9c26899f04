import type { Definition } from '../definition/definition.ts';
import type { Child } from '../definition/target.ts';
import { variablesOf } from '../request/template.ts';
import type { Mistake, Sections } from './mistake.ts';
import { checkFormats, checkKey, checkNames, checkSchemaName } from './target.ts';

type Table = Extract<Definition['target'], { kind: 'table' }>;

/** What a child's table, key and columns must have in common with each other and with the target. */
export function checkChildren({ target, incremental }: Sections): Mistake[] {
  if (target?.kind !== 'table' || !target.children) return [];
  const mistakes = target.children.flatMap((child, place) => {
    const at = `target.children.${place}`;
    return [
      ...checkList(child, at),
      ...checkParent(child, target, at),
      ...checkColumns(child, at),
      ...checkTable(child, target, at),
    ];
  });
  if (incremental?.kind === 'snapshot' && incremental.deletions === 'remove') {
    const message = 'would leave the children of removed rows behind: write deletions: mark';
    mistakes.push({ path: 'incremental.deletions', message });
  }
  return [...mistakes, ...checkDistinct(target)];
}

function checkList({ at: list }: Child, at: string): Mistake[] {
  if (list !== '$') return [];
  return [{ path: `${at}.at`, message: 'is the record itself, which is no list' }];
}

function checkParent({ parent, key }: Child, target: Table, at: string): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [column, field] of Object.entries(parent)) {
    if (target.fields[field]) continue;
    const message = `target.fields has no field "${field}"`;
    mistakes.push({ path: `${at}.parent.${column}`, message });
  }
  for (const field of target.key) {
    const [column] = Object.keys(parent).filter((name) => parent[name] === field);
    if (column === undefined) {
      const message = `needs a column for "${field}", which is in target.key: without it nothing tells whose child a row is`;
      mistakes.push({ path: `${at}.parent`, message });
    } else if (!key.includes(column)) {
      const message = `needs "${column}": elements of different records could have one key`;
      mistakes.push({ path: `${at}.key`, message });
    }
  }
  return mistakes;
}

function checkColumns({ parent, position, key, fields }: Child, at: string): Mistake[] {
  const copied = Object.keys(parent);
  const place = position === undefined ? [] : [position];
  const own = Object.keys(fields);
  const twice = [...copied, ...place].filter(
    (name, index, all) => own.includes(name) || all.indexOf(name) !== index,
  );
  return [
    ...checkNames(copied, `${at}.parent`),
    ...checkNames(own, `${at}.fields`),
    ...checkNames(place, `${at}.position`),
    ...checkFormats(fields, `${at}.fields`),
    ...checkKey(key, [...copied, ...place, ...own], at),
    ...twice.map((name) => ({
      path: at,
      message: `"${name}" is the name of two columns: of parent, position and fields each needs its own`,
    })),
    ...(own.length === 0 ? [{ path: `${at}.fields`, message: 'needs at least one field' }] : []),
  ];
}

/** Where jobs have tables of their own, so have their children. */
function checkTable(child: Child, target: Table, at: string): Mistake[] {
  const schema = child.schema ?? target.schema;
  const mistakes = checkSchemaName(schema, `${at}.schema`);
  const [own, wanted] = [{ schema, table: child.table }, target].map((names) =>
    [...new Set([names.schema, names.table].flatMap(variablesOf))].toSorted().join(', '),
  );
  if (own === wanted) return mistakes;
  const message = `has ${own || 'no value'} of the partition in its name, and target.table has ${wanted || 'none'}; both need the same`;
  return [...mistakes, { path: `${at}.table`, message }];
}

function checkDistinct({ schema, table, children = [] }: Table): Mistake[] {
  const names = [`${schema}.${table}`];
  const mistakes: Mistake[] = [];
  for (const [place, child] of children.entries()) {
    const name = `${child.schema ?? schema}.${child.table}`;
    const message = `"${name}" is the table of the target, or of another child`;
    if (names.includes(name)) mistakes.push({ path: `target.children.${place}.table`, message });
    names.push(name);
  }
  return mistakes;
}
