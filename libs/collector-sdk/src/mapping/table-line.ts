import { isRawJson } from '../answer/raw-json.ts';
import type { Definition } from '../definition/definition.ts';
import { TerminalError } from '@tidemark/runtime';
import { type Convert, converterOf } from './columns/convert.ts';
import { NULL_TEXT } from './columns/copy-text.ts';
import type { CursorRange, CursorRules } from './cursor-range.ts';
import { type LineOf, type Refusal, refuse } from './line-of.ts';
import type { RecordRules } from './record-rules.ts';
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
  return (record, range, part) => {
    if (record === null || record === undefined) return refuse('the record is null');
    let line = '';
    for (const column of columns) {
      const value = column.read(record);
      const text = column.convert(value) ?? withoutNul(value, column.convert);
      if (text === undefined) {
        if (!part?.takesMisfit(column.name, value)) return misfit(column, value);
        line += NULL_TEXT + column.end;
        continue;
      }
      const known = text === NULL_TEXT ? column.absent : text;
      const refusal = refusalOf(column, known, range);
      if (refusal) return refusal;
      line += known + column.end;
    }
    return line;
  };
}

function misfit({ name, type }: ColumnPlan, value: unknown): Refusal {
  return refuse(`${name}: ${kindOf(value)} that is not a value of type ${type}`);
}

/** Why a record is not loaded although each of its values is of its type. */
function refusalOf(
  { missing, isCursor }: ColumnPlan,
  text: string,
  range: CursorRange | undefined,
): Refusal | undefined {
  if (text === NULL_TEXT) return missing;
  return range && isCursor && !range.holds(text) ? range.refusalOf() : undefined;
}

/** The line with the quality of its record, which was judged just before. */
export function qualityLine(lineOf: LineOf, rules: RecordRules): LineOf {
  return (...record) => {
    const line = lineOf(...record);
    return typeof line === 'string' ? `${line.slice(0, -1)}\t${rules.quality}\n` : line;
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
