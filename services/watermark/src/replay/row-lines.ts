import { copyText, NULL_TEXT, parseExact } from '@tidemark/collector-sdk';
import type { AddedColumn } from '@tidemark/contracts';
import type { TargetColumn } from '@tidemark/store';

/** The columns of a target as a row names them. */
export interface RowTarget {
  /** Those that its definition declares, in the order of the COPY text. */
  readonly columns: readonly string[];
  /** Those that its schema contract added. */
  readonly added: readonly TargetColumn[];
  /** Its children, each with the columns of its COPY text. */
  readonly children: readonly { readonly name: string; readonly columns: readonly string[] }[];
}

/** Rows as COPY's text has them. */
export interface RowLines {
  readonly text: string;
  /** What stands in it after the declared columns. */
  readonly columns: readonly AddedColumn[];
  /** The same for each child of the target. */
  readonly children: readonly string[];
}

type Row = Readonly<Record<string, unknown>>;

/** Why a row does not fit its target as that is now; undefined when it does. */
export function whyNotRow(target: RowTarget, payload: string): string | undefined {
  const row = rowOf(parseExact(payload));
  const lacking = target.children.find(({ name }) => !Array.isArray(row[name]));
  if (lacking) return `lacks its rows for ${lacking.name}; read its run again`;
  const [unknown] = Object.entries(row).find(
    ([name, value]) => value !== null && !isChild(target, name) && !hasColumn(target, name),
  ) ?? [undefined];
  return unknown === undefined ? undefined : `has a column ${unknown}, and its target has not`;
}

/** Writes rows that fit their target anew, their values as they are. */
export function rowLines(target: RowTarget, payloads: readonly string[]): RowLines {
  const rows = payloads.map((payload) => rowOf(parseExact(payload)));
  const names = new Set(rows.flatMap((row) => Object.keys(row)));
  const more = [...names].flatMap((name) => {
    const column = target.columns.includes(name) ? undefined : addedAs(target, name);
    return column ? [{ name, column }] : [];
  });
  return {
    text: linesOf([...target.columns, ...more.map(({ name }) => name)], rows),
    columns: more.map(({ column }) => column),
    children: target.children.map(({ name, columns }) =>
      linesOf(
        columns,
        rows.flatMap((row) => childRows(row[name])),
      ),
    ),
  };
}

function linesOf(columns: readonly string[], rows: readonly Row[]): string {
  return rows.map((row) => `${columns.map((name) => cellOf(row[name])).join('\t')}\n`).join('');
}

function childRows(value: unknown): Row[] {
  return Array.isArray(value) ? value.map(rowOf) : [];
}

function isChild({ children }: RowTarget, name: string): boolean {
  return children.some((child) => child.name === name);
}

function hasColumn(target: RowTarget, name: string): boolean {
  return target.columns.includes(name) || addedAs(target, name) !== undefined;
}

/** A row names added columns by their own names, or by the field that they are for. */
function addedAs({ added }: RowTarget, name: string): AddedColumn | undefined {
  const column = added.find((one) => one.name === name) ?? added.find((one) => one.field === name);
  if (!column) return undefined;
  const { type, field, variantOf } = column;
  return field === null
    ? { kind: 'variant', name: variantOf ?? '', type }
    : { kind: 'field', name: field, type };
}

function rowOf(value: unknown): Row {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {};
}

function cellOf(value: unknown): string {
  if (value === undefined || value === null) return NULL_TEXT;
  return copyText(typeof value === 'string' ? value : JSON.stringify(value));
}
