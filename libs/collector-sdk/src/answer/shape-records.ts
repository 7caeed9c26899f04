import type { Partition } from '@tidemark/contracts';
import type { HttpRequest } from '../definition/request.ts';
import { DecodeError } from './decode.ts';
import { lookUp } from './look-up.ts';
import { isRawJson } from './raw-json.ts';

/** The records of an answer as the definition says they are written; throws `DecodeError` when they are not. */
export function shapeRecords(
  { records: path, shape, attach }: HttpRequest,
  answer: unknown,
  partition: Partition,
): readonly unknown[] {
  const found = lookUp(answer, path);
  if (found === undefined) throw new DecodeError(`the answer has no records at ${path}`);
  const records = shape === 'columns' ? rowsOf(found, path) : listOf(found, path);
  const attached = Object.entries(attach).map(([name, from]) => {
    const value = 'at' in from ? lookUp(answer, from.at) : partition[from.partition];
    return [name, value ?? null] as const;
  });
  if (attached.length === 0) return records;
  const members = Object.fromEntries(attached);
  return records.map((record) => (isObject(record) ? { ...record, ...members } : record));
}

/** `null` is no record, one object is one record. */
function listOf(found: unknown, path: string): readonly unknown[] {
  if (found === null) return [];
  if (Array.isArray(found)) return found;
  if (isObject(found)) return [found];
  throw new DecodeError(`there is no list of records at ${path}`);
}

/** Turns an array for each field into a record for each place in them. */
function rowsOf(found: unknown, path: string): Record<string, unknown>[] {
  if (found === null) return [];
  if (!isObject(found)) throw new DecodeError(`there are no columns at ${path}`);
  const columns = Object.entries(found).map(([name, values]) => {
    if (Array.isArray(values)) return { name, values: values as readonly unknown[] };
    throw new DecodeError(`"${name}" at ${path} is no array`);
  });
  const [first, ...others] = columns;
  if (!first) return [];
  for (const { name, values } of others) {
    if (values.length === first.values.length) continue;
    const lengths = `${first.values.length} values in "${first.name}", ${values.length} in "${name}"`;
    throw new DecodeError(`the columns at ${path} differ in length: ${lengths}`);
  }
  return first.values.map((_, place) =>
    Object.fromEntries(columns.map(({ name, values }) => [name, values[place]])),
  );
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value);
}
