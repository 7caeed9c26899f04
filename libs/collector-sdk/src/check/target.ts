import { isDayFormat } from '../cursor-format.ts';
import { auditColumns, CHILDREN_DIGEST, DELETED_AT } from '../target-shape.ts';
import type { Definition } from '../definition/definition.ts';
import type { Mistake, Sections } from './mistake.ts';

type Table = Extract<Definition['target'], { kind: 'table' }>;

const reservedNames = new Set(
  [...auditColumns, DELETED_AT, CHILDREN_DIGEST].map(({ name }) => name),
);
const systemSchemas = /^(tidemark|information_schema|pg_.*)$/;

/** What a target's schema, key, version and fields must have in common. */
export function checkTarget({ target, incremental }: Sections): Mistake[] {
  if (!target) return [];
  const mistakes = checkSchemaName(target.schema, 'target.schema');
  return target.kind === 'raw'
    ? [...mistakes, ...checkPolicies(incremental)]
    : [...mistakes, ...checkFields(target), ...checkContract(target)];
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
  const { nulls = 'include', outOfRange } = incremental;
  const given = { nulls: nulls !== 'include', outOfRange: outOfRange !== 'load' };
  return Object.entries(given).flatMap(([name, isGiven]) =>
    isGiven
      ? [
          {
            path: `incremental.${name}`,
            message: 'needs a target with fields, one of them the cursor',
          },
        ]
      : [],
  );
}

function checkFields({ fields, key, version, quality }: Table): Mistake[] {
  const mistakes: Mistake[] = [];
  if (quality !== undefined && reservedNames.has(quality)) {
    const message = 'is the name of a column that every target has';
    mistakes.push({ path: 'target.quality', message });
  }
  mistakes.push(
    ...checkNames(Object.keys(fields), 'target.fields'),
    ...checkFormats(fields, 'target.fields'),
    ...checkKey(key, Object.keys(fields), 'target'),
  );
  if (version !== undefined && !fields[version]) {
    mistakes.push({ path: 'target.version', message: `target.fields has no field "${version}"` });
  }
  return mistakes;
}

/** Formats of days that are given for something else. */
export function checkFormats(fields: Table['fields'], at: string): Mistake[] {
  return Object.entries(fields)
    .filter(([, { type, format }]) => type !== 'date' && type !== 'date[]' && isDayFormat(format))
    .map(([name, { format }]) => ({
      path: `${at}.${name}.format`,
      message: `"${format}" says days, so the type must be date`,
    }));
}

/** The names of a key are columns, each once. */
export function checkKey(
  key: readonly string[],
  columns: readonly string[],
  at: string,
): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const [place, name] of key.entries()) {
    const path = `${at}.key.${place}`;
    if (!columns.includes(name)) {
      mistakes.push({ path, message: `${at}.fields has no field "${name}"` });
    }
    if (key.indexOf(name) !== place) mistakes.push({ path, message: `"${name}" is there twice` });
  }
  return mistakes;
}

function checkContract({ fields, contract }: Table): Mistake[] {
  const readsAll = Object.values(fields).some(({ path }) => path === '$');
  if (!readsAll || !contract || contract.columns === 'discard') return [];
  const message = 'never happens: a field with the path "$" reads every field';
  return [{ path: 'target.contract.columns', message }];
}
