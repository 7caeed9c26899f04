import { isDayFormat } from '../cursor-format.ts';
import { auditColumns, CHILDREN_DIGEST, DELETED_AT } from '../target-shape.ts';
import type { Definition } from '../definition/definition.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently, inEach } from './readable.ts';

type Table = Extract<Definition['target'], { kind: 'table' }>;

const reservedNames = new Set(
  [...auditColumns, DELETED_AT, CHILDREN_DIGEST].map(({ name }) => name),
);
const systemSchemas = /^(tidemark|information_schema|pg_.*)$/;

/** What a target's schema, key, version and fields must have in common. */
export function checkTarget({ target, incremental }: Sections): Mistake[] {
  if (!target) return [];
  return independently(
    () => checkSchemaName(target.schema, 'target.schema'),
    ...(target.kind === 'raw'
      ? [() => checkPolicies(incremental)]
      : tableChecks.map((check) => () => check(target))),
  );
}

/** Schemas that no table of a collector may be in. */
export function checkSchemaName(schema: string, path: string): Mistake[] {
  return systemSchemas.test(schema) ? [{ path, message: `"${schema}" is not for targets` }] : [];
}

/** Names of columns that every target has. */
export function checkNames(names: readonly string[], at: string): Mistake[] {
  const message = 'is the name of a column that every target has';
  return names
    .filter((name) => reservedNames.has(name))
    .map((name) => ({ path: `${at}.${name}`, message }));
}

/** What is said of a record's cursor needs a field that holds it. */
function checkPolicies(incremental: Sections['incremental']): Mistake[] {
  if (incremental?.kind !== 'cursor') return [];
  const message = 'needs a target with fields, one of them the cursor';
  return independently(
    () => (incremental.outOfRange === 'load' ? [] : [{ path: 'incremental.outOfRange', message }]),
    () =>
      incremental.nulls === 'reject' || incremental.nulls === 'quarantine'
        ? [{ path: 'incremental.nulls', message }]
        : [],
  );
}

const tableChecks: readonly ((target: Table) => Mistake[])[] = [
  checkQualityName,
  ({ fields }) => checkNames(Object.keys(fields), 'target.fields'),
  ({ fields }) => checkFormats(fields, 'target.fields'),
  ({ fields, key }) => checkKey(key, Object.keys(fields), 'target'),
  checkVersion,
  checkContract,
];

function checkQualityName({ quality }: Table): Mistake[] {
  if (quality === undefined || !reservedNames.has(quality)) return [];
  const message = 'is the name of a column that every target has';
  return [{ path: 'target.quality', message }];
}

function checkVersion({ version, fields }: Table): Mistake[] {
  if (version === undefined || Object.hasOwn(fields, version)) return [];
  return [{ path: 'target.version', message: `target.fields has no field "${version}"` }];
}

/** Formats of days that are given for something else. */
export function checkFormats(fields: Table['fields'], at: string): Mistake[] {
  return inEach(Object.keys(fields), (name) => {
    const { type = 'date', format = 'iso' } = fields[name] ?? {};
    if (type === 'date' || type === 'date[]' || !isDayFormat(format)) return [];
    const message = `"${format}" says days, so the type must be date`;
    return [{ path: `${at}.${name}.format`, message }];
  });
}

/** The names of a key are columns, each once. */
export function checkKey(
  key: readonly string[],
  columns: readonly string[],
  at: string,
): Mistake[] {
  return inEach(key.keys(), (place) => {
    const name = key[place];
    if (name === undefined) return [];
    const path = `${at}.key.${place}`;
    const isTwice = key.slice(0, place).includes(name);
    return [
      ...(columns.includes(name) ? [] : [{ path, message: `${at}.fields has no field "${name}"` }]),
      ...(isTwice ? [{ path, message: `"${name}" is there twice` }] : []),
    ];
  });
}

function checkContract({ fields, contract }: Table): Mistake[] {
  const readsAll = Object.values(fields).some(({ path }) => path === '$');
  if (!readsAll || !contract || contract.columns === 'discard') return [];
  const message = 'never happens: a field with the path "$" reads every field';
  return [{ path: 'target.contract.columns', message }];
}
