import { isRawJson } from '../answer/raw-json.ts';
import type { Unpivot } from '../definition/transform.ts';
import { type Refusal, refuse } from './line-of.ts';
import { compilePath } from './record-path.ts';

/** The records that one record stands for, or why it stands for none. */
export type MakeRecords = (record: unknown) => readonly unknown[] | Refusal;

/** Makes a record for each of the members that are asked for: what else the record has, the member's name, its value. */
export function compileUnpivot({ at, keys, key, value, nulls }: Unpivot): MakeRecords {
  const read = compilePath(at ?? '$');
  const pattern = new RegExp(keys, 'u');
  return (record) => {
    const held = read(record);
    if (at !== undefined && (held === undefined || held === null)) return [];
    if (!isObject(record) || !isObject(held)) {
      return refuse(
        `${at === undefined ? 'the record' : at}: is no object that could be unpivoted`,
      );
    }
    const members = Object.entries(held).filter(([name]) => pattern.test(name));
    const rest = at === undefined ? without(record, members) : record;
    return members
      .filter(([, each]) => nulls === 'keep' || (each !== null && each !== undefined))
      .map(([name, each]) => ({ ...rest, [key]: name, [value]: each }));
  };
}

function without(
  record: Readonly<Record<string, unknown>>,
  members: readonly (readonly [string, unknown])[],
): Record<string, unknown> {
  const gone = new Set(members.map(([name]) => name));
  return Object.fromEntries(Object.entries(record).filter(([name]) => !gone.has(name)));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !isRawJson(value);
}
