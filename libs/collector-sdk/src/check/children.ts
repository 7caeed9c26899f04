import type { Definition } from '../definition/definition.ts';
import type { Child } from '../definition/target.ts';
import { variablesOf } from '../request/template.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently, inEach } from './readable.ts';
import { checkFormats, checkKey, checkNames, checkSchemaName } from './target.ts';

type Table = Extract<Definition['target'], { kind: 'table' }>;

/** What a child's table, key and columns must have in common with each other and with the target. */
export function checkChildren({ target, incremental }: Sections): Mistake[] {
  if (target?.kind !== 'table' || !target.children) return [];
  const { children } = target;
  return independently(
    () =>
      inEach(children.keys(), (place) => {
        const child = children[place];
        return child ? checkChild(child, target, `target.children.${place}`) : [];
      }),
    () => checkDeletions(incremental),
    () => checkDistinct(target),
  );
}

function checkChild(child: Child, target: Table, at: string): Mistake[] {
  return independently(
    () => checkList(child, at),
    () => checkFieldsOf(child, target, at),
    () => checkParent(child, target, at),
    () => checkColumns(child, at),
    () => checkSchemaName(child.schema ?? target.schema, `${at}.schema`),
    () => checkTable(child, target, at),
  );
}

function checkDeletions(incremental: Sections['incremental']): Mistake[] {
  if (incremental?.kind !== 'snapshot' || incremental.deletions !== 'remove') return [];
  const message = 'would leave the children of removed rows behind: write deletions: mark';
  return [{ path: 'incremental.deletions', message }];
}

function checkList({ at: list }: Child, at: string): Mistake[] {
  if (list !== '$') return [];
  return [{ path: `${at}.at`, message: 'is the record itself, which is no list' }];
}

function checkFieldsOf({ parent }: Child, target: Table, at: string): Mistake[] {
  return inEach(Object.keys(parent), (column) => {
    const field = parent[column];
    if (field === undefined || Object.hasOwn(target.fields, field)) return [];
    const message = `target.fields has no field "${field}"`;
    return [{ path: `${at}.parent.${column}`, message }];
  });
}

function checkParent({ parent, key }: Child, target: Table, at: string): Mistake[] {
  const mistakes: Mistake[] = [];
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

function checkColumns(child: Child, at: string): Mistake[] {
  const copied = () => Object.keys(child.parent);
  const own = () => Object.keys(child.fields);
  const place = () => (child.position === undefined ? [] : [child.position]);
  return independently(
    () => checkNames(copied(), `${at}.parent`),
    () => checkNames(own(), `${at}.fields`),
    () => checkNames(place(), `${at}.position`),
    () => checkFormats(child.fields, `${at}.fields`),
    () => checkKey(child.key, [...copied(), ...place(), ...own()], at),
    () => checkTwice([...copied(), ...place()], own(), at),
    () =>
      own().length === 0 ? [{ path: `${at}.fields`, message: 'needs at least one field' }] : [],
  );
}

function checkTwice(others: readonly string[], own: readonly string[], at: string): Mistake[] {
  return others
    .filter((name, index) => own.includes(name) || others.indexOf(name) !== index)
    .map((name) => ({
      path: at,
      message: `"${name}" is the name of two columns: of parent, position and fields each needs its own`,
    }));
}

/** Where jobs have tables of their own, so have their children. */
function checkTable(child: Child, target: Table, at: string): Mistake[] {
  const schema = child.schema ?? target.schema;
  const [own, wanted] = [{ schema, table: child.table }, target].map((names) =>
    [...new Set([names.schema, names.table].flatMap(variablesOf))].toSorted().join(', '),
  );
  if (own === wanted) return [];
  const message = `has ${own || 'no value'} of the partition in its name, and target.table has ${wanted || 'none'}; both need the same`;
  return [{ path: `${at}.table`, message }];
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
