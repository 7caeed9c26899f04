import { createHash } from 'node:crypto';
import type { Definition } from '../definition/definition.ts';
import { lookUp, textOf } from './look-up.ts';

/**
 * A name for each record, by which it is known again in another answer: its key where the record has all of it, else all
 * it holds, which a change between the two answers would alter.
 */
export function recordKeys(definition: Definition, records: readonly unknown[]): string[] {
  const { target } = definition;
  const paths =
    target.kind === 'table' ? target.key.map((name) => target.fields[name]?.path ?? name) : [];
  return records.map((record) => {
    const values = paths.map((path) => textOf(lookUp(record, path)));
    const isWhole = values.length > 0 && values.every((value) => value !== undefined);
    const text = JSON.stringify(isWhole ? values : record) ?? 'null';
    return createHash('sha256').update(text).digest('hex').slice(0, 16);
  });
}
