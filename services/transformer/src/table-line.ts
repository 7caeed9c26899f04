import { type Definition, isRawJson } from '@tidemark/collector-sdk';
import { TerminalError } from '@tidemark/runtime';
import { type Convert, converterOf } from './columns/convert.ts';
import { NULL_TEXT } from './columns/copy-text.ts';
import { type LineOf, refuse } from './line-of.ts';
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
  readonly mandatory: boolean;
  /** What stands after the field: a tab, or the line's end. */
  readonly end: string;
}

/** How a record becomes a line for a typed table: the columns in the target's order. */
export function tableLine(target: TableTarget): LineOf {
  const columns = planColumns(target);
  return (record) => {
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
        if (column.mandatory && text === NULL_TEXT) return refuse(`${column.name}: is missing`);
      }
      line += text + column.end;
    }
    return line;
  };
}

/** The columns of a target, in its order. */
export function planColumns(target: TableTarget): readonly ColumnPlan[] {
  return Object.entries(target.fields).map(([name, field], place, all) => ({
    ...planColumn(name, field),
    mandatory: field.required || target.key.includes(name),
    end: place === all.length - 1 ? '\n' : '\t',
  }));
}

function planColumn(name: string, field: Field): Omit<ColumnPlan, 'mandatory' | 'end'> {
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
