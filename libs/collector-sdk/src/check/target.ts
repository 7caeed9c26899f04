import { isDayFormat } from '../cursor-format.ts';
import { auditColumns, DELETED_AT } from '../target-shape.ts';
import type { Definition } from '../definition/definition.ts';
import type { Mistake, Sections } from './mistake.ts';

type Table = Extract<Definition['target'], { kind: 'table' }>;

const reservedNames = new Set([...auditColumns, DELETED_AT].map(({ name }) => name));
const systemSchemas = /^(tidemark|information_schema|pg_.*)$/;

/** What a target's schema, key, version and fields must have in common. */
export function checkTarget({ target, incremental }: Sections): Mistake[] {
  if (!target) return [];
  const mistakes: Mistake[] = [];
  if (systemSchemas.test(target.schema)) {
    mistakes.push({ path: 'target.schema', message: `"${target.schema}" is not for targets` });
  }
  return target.kind === 'raw'
    ? [...mistakes, ...checkPolicies(incremental)]
    : [...mistakes, ...checkFields(target), ...checkContract(target)];
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
  for (const name of Object.keys(fields)) {
    if (reservedNames.has(name)) {
      mistakes.push({
        path: `target.fields.${name}`,
        message: 'is the name of a column that every target has',
      });
    }
  }
  for (const [name, { type, format }] of Object.entries(fields)) {
    if (type === 'date' || type === 'date[]' || !isDayFormat(format)) continue;
    const path = `target.fields.${name}.format`;
    mistakes.push({ path, message: `"${format}" says days, so the type must be date` });
  }
  for (const [place, name] of key.entries()) {
    const path = `target.key.${place}`;
    if (!fields[name]) mistakes.push({ path, message: `target.fields has no field "${name}"` });
    if (key.indexOf(name) !== place) mistakes.push({ path, message: `"${name}" is there twice` });
  }
  if (version !== undefined && !fields[version]) {
    mistakes.push({ path: 'target.version', message: `target.fields has no field "${version}"` });
  }
  return mistakes;
}

function checkContract({ fields, contract }: Table): Mistake[] {
  const readsAll = Object.values(fields).some(({ path }) => path === '$');
  if (!readsAll || !contract || contract.columns === 'discard') return [];
  const message = 'never happens: a field with the path "$" reads every field';
  return [{ path: 'target.contract.columns', message }];
}
