import {
  MAX_REJECT_BYTES,
  positionsLeft,
  type AddedColumn,
  type Reject,
} from '@tidemark/contracts';
import { cutBytes } from '@tidemark/collector-sdk';
import { holdTargetColumns, type Queryable } from '@tidemark/store';
import { readCopyLine } from '../upsert/copy-lines.ts';
import type { TargetPlan } from '../upsert/target-plan.ts';
import {
  arrangeLines,
  type ArrangedLines,
  type BatchLine,
  columnsThatSay,
  cutLines,
  withoutBlanks,
} from './batch-lines.ts';
import { ColumnsMissingError } from './columns-missing-error.ts';
import { placeColumns } from './place-columns.ts';

/** A record that is rejected; what is rejected by the loader itself is kept as the row that it would have been. */
export type RejectedHere = Reject & { readonly kind?: 'row' };

/** The records of a batch as its target takes them. */
export interface GrownBatch {
  readonly plan: TargetPlan;
  readonly text: Buffer;
  readonly rejects: readonly RejectedHere[];
  /** Values that the contract leaves out, by column. */
  readonly discarded: Readonly<Record<string, number>>;
}

export interface BatchToGrow extends Omit<GrownBatch, 'discarded'> {
  /** Columns of the text after the declared ones. */
  readonly columns: readonly AddedColumn[];
  readonly runId: string;
}

/**
 * Finds the columns of a target for what a batch brings beyond the declared ones; throws `ColumnsMissingError` where it has
 * none yet. From here to the end of the transaction the target keeps its columns, so that a row says NULL in each of them
 * that its record does not fill.
 */
export async function growTarget(db: Queryable, batch: BatchToGrow): Promise<GrownBatch> {
  const { plan, columns, runId } = batch;
  if (!plan.growth) return columns.length === 0 ? { ...batch, discarded: {} } : declaredOnly(batch);
  const { target, types } = plan.growth;
  const held = await holdTargetColumns(db, target);
  // What a newer revision declares is in its hands.
  const known = held.filter(({ name }) => !plan.columns.includes(name));
  if (columns.length === 0) {
    return { ...batch, plan: plan.growth.planWith(known, []), discarded: {} };
  }
  const cut = cutLines(batch.text, plan.columns.length);
  const lines = withoutBlanks(cut, columns, known);
  const { places } = placeColumns(columns, known, types);
  const saying = columnsThatSay(columns, lines);
  const { missing } = placeColumns(saying, known, types);
  if (missing.length > 0) throw new ColumnsMissingError({ target, columns: saying, types, runId });
  const arranged = arrangeLines(lines, places);
  return {
    plan: plan.growth.planWith(known, arranged.columns),
    text: arranged.text,
    rejects: [...batch.rejects, ...rejectsOf(batch, lines, arranged)],
    discarded: arranged.discarded,
  };
}

/** A rehearsal compares what is declared: it adds no columns to a target, and its own table has none of those. */
function declaredOnly(batch: BatchToGrow): GrownBatch {
  const lines = cutLines(batch.text, batch.plan.columns.length);
  const text = Buffer.from(lines.map(({ declared }) => `${declared}\n`).join(''));
  return { ...batch, text, discarded: {} };
}

/** Positions are those of the part: what was rejected before has its place there too. */
function rejectsOf(
  { plan, columns, rejects }: BatchToGrow,
  lines: readonly BatchLine[],
  { refused }: ArrangedLines,
): RejectedHere[] {
  const placeOf = positionsLeft(rejects.map(({ position }) => position));
  const names = [...plan.columns, ...columns.map(({ name }) => name)];
  return refused.map(({ position, reason }) => ({
    kind: 'row',
    position: placeOf(position),
    code: 'RECORD_INVALID',
    reason,
    payload: payloadOf(names, lines[position]),
  }));
}

function payloadOf(names: readonly string[], line: BatchLine | undefined): string {
  if (!line) return '{}';
  const values = readCopyLine(`${[line.declared, ...line.cells].join('\t')}\n`);
  const pairs = names.map((name, place) => [name, values[place] ?? null] as const);
  // A field has a column for each of its types, of which one at most says something.
  const said = pairs.filter(([, value]) => value !== null);
  return cutBytes(JSON.stringify(Object.fromEntries(said)), MAX_REJECT_BYTES);
}
