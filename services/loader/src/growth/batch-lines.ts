import { isAbsent, NULL_TEXT } from '@tidemark/collector-sdk';
import type { AddedColumn } from '@tidemark/contracts';
import type { TargetColumn } from '@tidemark/store';
import type { Place } from './place-columns.ts';

/** A line of COPY text, cut where the declared columns end. */
export interface BatchLine {
  readonly declared: string;
  readonly cells: readonly string[];
}

export interface ArrangedLines {
  readonly text: Buffer;
  /** The added columns in the text, after the declared ones. */
  readonly columns: readonly TargetColumn[];
  readonly refused: readonly { readonly position: number; readonly reason: string }[];
  readonly discarded: Readonly<Record<string, number>>;
}

/** The lines of a batch; tabs inside of values are escaped, so each tab is the end of one. */
export function cutLines(text: Buffer, declared: number): BatchLine[] {
  const lines = text.toString('utf8').split('\n').slice(0, -1);
  return lines.map((line) => {
    const cells = line.split('\t');
    return { declared: cells.slice(0, declared).join('\t'), cells: cells.slice(declared) };
  });
}

/**
 * The lines without texts such as `NaN` in fields whose values are no texts, as it is for declared columns: there they say
 * nothing.
 */
export function withoutBlanks(
  lines: readonly BatchLine[],
  columns: readonly AddedColumn[],
  known: readonly TargetColumn[],
): readonly BatchLine[] {
  const silent = new Set(
    columns.flatMap((column, place) => (hasBlanks(column, place) ? [place] : [])),
  );
  if (silent.size === 0) return lines;
  return lines.map(({ declared, cells }) => ({
    declared,
    cells: cells.map((text, place) => (silent.has(place) && isAbsent(text) ? NULL_TEXT : text)),
  }));

  function hasBlanks({ kind, name, type }: AddedColumn, place: number): boolean {
    if (kind !== 'field' || type !== 'text') return false;
    const base = known.find(({ field }) => field === name);
    if (base) return base.type !== 'text';
    const others = columns.some(
      (one) => one.kind === kind && one.name === name && one.type !== type,
    );
    return others && lines.every(({ cells }) => isSilent(cells[place]));
  }
}

/** The columns of which at least one line has a value. */
export function columnsThatSay(
  columns: readonly AddedColumn[],
  lines: readonly BatchLine[],
): readonly AddedColumn[] {
  return columns.filter((_, place) =>
    lines.some(({ cells }) => (cells[place] ?? NULL_TEXT) !== NULL_TEXT),
  );
}

function isSilent(text: string | undefined): boolean {
  return text === undefined || text === NULL_TEXT || isAbsent(text);
}

/** Brings the cells of lines to the columns of a target. */
export function arrangeLines(
  lines: readonly BatchLine[],
  places: readonly (Place | undefined)[],
): ArrangedLines {
  const columns = [
    ...new Set(places.flatMap((place) => (place && 'to' in place ? [place.to] : []))),
  ];
  const refused: { position: number; reason: string }[] = [];
  const discarded: Record<string, number> = {};
  const kept: string[] = [];
  for (const [position, line] of lines.entries()) {
    const cells = new Map<TargetColumn, string>();
    let reason: string | undefined;
    const left: string[] = [];
    for (const [index, text] of line.cells.entries()) {
      const place = places[index];
      if (text === NULL_TEXT || !place) continue;
      if ('to' in place) cells.set(place.to, text);
      else if ('refuse' in place) reason ??= place.refuse;
      else left.push(place.discard);
    }
    if (reason !== undefined) {
      refused.push({ position, reason });
      continue;
    }
    for (const column of left) discarded[column] = (discarded[column] ?? 0) + 1;
    kept.push([line.declared, ...columns.map((one) => cells.get(one) ?? NULL_TEXT)].join('\t'));
  }
  const text = Buffer.from(kept.map((line) => `${line}\n`).join(''));
  return { text, columns, refused, discarded };
}
