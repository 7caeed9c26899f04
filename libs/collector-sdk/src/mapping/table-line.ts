import { isRawJson } from '../answer/raw-json.ts';
import type { Definition } from '../definition/definition.ts';
import { TerminalError } from '@tidemark/runtime';
import { type Convert, converterOf } from './columns/convert.ts';
import { NULL_TEXT } from './columns/copy-text.ts';
import type { CursorRules } from './cursor-range.ts';
import { type LineOf, type Refusal, refuse } from './line-of.ts';
import { compilePath, type ReadPath } from './record-path.ts';

export type TableTarget = Extract<Definition['target'], { kind: 'table' }>;
type Field = TableTarget['fields'][string];

export interface ColumnPlan {
  readonly name: string;
  readonly type: Field['type'];
  readonly format: Field['format'];
  readonly path: string;
  readonly read: ReadPath;
  readonly convert: Convert;
  /** What stands for an absent value: the default, else NULL. */
  readonly absent: string;
  /** Why a record without the value is not loaded; undefined when it is. */
  readonly missing: Refusal | undefined;
  readonly isCursor: boolean;
  /** What stands after the field: a tab, or the line's end. */
  readonly end: string;
}

/** How a record becomes a line for a typed table: the columns in the target's order. */
export function tableLine(columns: readonly ColumnPlan[]): LineOf {
  return (record, range) => {
    if (record === null || record === undefined) return refuse('the record is null');
    let line = '';
    for (const column of columns) {
      const value = column.read(record);
      let text = column.convert(value) ?? withoutNul(value, column.convert);
      if (text === undefined) {
        return refuse(
          `${column.name}: ${kindOf(value)} that is not a value of type ${column.type}`,
        );
      }
      if (text === NULL_TEXT) {
        text = column.absent;
        if (column.missing && text === NULL_TEXT) return column.missing;
      }
      if (range && column.isCursor && text !== NULL_TEXT && !range.holds(text)) {
        const refusal = range.refusalOf();
        if (refusal) return refusal;
      }
      line += text + column.end;
    }
    return line;
  };
}

/** The columns of a target, in its order. */
export function planColumns(
  target: TableTarget,
  cursor: CursorRules | undefined,
): readonly ColumnPlan[] {
  return Object.entries(target.fields).map(([name, field], place, all) => ({
    ...planColumn(name, field),
    ...planAbsence(target, name, cursor),
    end: place === all.length - 1 ? '\n' : '\t',
  }));
}

function planAbsence(
  { fields, key }: TableTarget,
  name: string,
  cursor: CursorRules | undefined,
): Pick<ColumnPlan, 'missing' | 'isCursor'> {
  const isMandatory = fields[name]?.required === true || key.includes(name);
  const missing = isMandatory ? refuse(`${name}: is missing`) : undefined;
  const isCursor = cursor?.incremental.field === name;
  return { missing: isCursor ? (cursor.absent ?? missing) : missing, isCursor };
}

function planColumn(name: string, field: Field): Omit<ColumnPlan, 'missing' | 'isCursor' | 'end'> {
  const convert = converterOf(field.type, field.format);
  const absent = field.default === undefined ? NULL_TEXT : convert(field.default);
  if (absent === undefined) {
    throw new TerminalError(
      'DEFINITION_INVALID',
      `target.fields.${name}.default is not a value of type ${field.type}; correct the definition`,
    );
  }
  const path = field.path ?? name;
  const { type, format } = field;
  return { name, type, format, path, read: compilePath(path), convert, absent };
}

/** U+0000 counts nowhere; a value that is of its type but for it is rare, so the others do not pay for the look. */
function withoutNul(value: unknown, convert: Convert): string | undefined {
  if (typeof value !== 'string' || !value.includes('\0')) return undefined;
  return convert(value.replaceAll('\0', ''));
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'string') return 'a text';
  if (typeof value === 'boolean') return 'a boolean';
  return typeof value === 'object' && !isRawJson(value) ? 'an object' : 'a number';
}
