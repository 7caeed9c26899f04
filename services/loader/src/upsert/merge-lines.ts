import { MAX_REJECT_BYTES } from '@tidemark/contracts';
import {
  type ChildCounts,
  RecordRefusedError,
  translateDatabaseError,
  type DeadLetter,
} from '@tidemark/store';
import type pg from 'pg';
import { copyIn } from './copy-in.ts';
import { countLines, readCopyLine } from './copy-lines.ts';
import type { Lineage } from './lineage.ts';
import { addChildren, mergeChildren, noChildren } from './merge-children.ts';
import { type Late, type MergeCounts, type MergedStage, mergeStage } from './merge-stage.ts';
import { splitRecords, type RecordLines } from './record-lines.ts';
import { rememberKeys } from './remember-keys.ts';
import type { TargetPlan } from './target-plan.ts';

export interface MergedLines extends MergedStage {
  readonly children: ChildCounts;
  /** Records that PostgreSQL refused because of their own values. */
  readonly refused: readonly DeadLetter[];
}

const nothing: MergeCounts = { inserted: 0, updated: 0, unchanged: 0, stale: 0 };

/**
 * Stages lines and merges them, with the children of what is written. When PostgreSQL refuses a value the half that holds it
 * is looked for with savepoints, down to the record: it alone is left out, with its children, and all else is loaded by the
 * same transaction.
 */
export async function mergeLines(
  db: pg.ClientBase,
  plan: TargetPlan,
  lines: RecordLines,
  lineage: Lineage,
): Promise<MergedLines> {
  return mergeFrom({ db, plan, lineage }, lines, 0);
}

interface Load {
  readonly db: pg.ClientBase;
  readonly plan: TargetPlan;
  readonly lineage: Lineage;
}

async function mergeFrom(load: Load, records: RecordLines, position: number): Promise<MergedLines> {
  const { db, plan, lineage } = load;
  const { text } = records;
  await db.query('savepoint lines');
  try {
    await copyIn(db, plan.copyStageSql, text);
    if (plan.seedSql !== undefined) await db.query(plan.seedSql);
    const merged = await mergeStage(db, plan, lineage);
    await rememberKeys(db, plan, lineage);
    const isWritten = merged.counts.inserted + merged.counts.updated > 0;
    const children = isWritten
      ? await mergeChildren(db, plan, records.children, lineage)
      : noChildren;
    // Unreleased ones would nest, as deep as there are halves.
    await db.query('release savepoint lines');
    return { ...merged, children, refused: [] };
  } catch (error) {
    const refusal = translateDatabaseError(error);
    if (!(refusal instanceof RecordRefusedError)) throw error;
    await db.query('rollback to savepoint lines; release savepoint lines');
    const lines = countLines(text);
    if (lines <= 1) {
      const refused = [letterOf(plan, records, position, refusal)];
      return { counts: nothing, children: noChildren, late: undefined, refused };
    }
    return mergeHalves(load, splitRecords(plan, records, Math.ceil(lines / 2)), position);
  }
}

async function mergeHalves(
  load: Load,
  [first, second]: [RecordLines, RecordLines],
  position: number,
): Promise<MergedLines> {
  const { stage, children } = load.plan;
  const truncate = `truncate ${[stage, ...children.map((child) => child.stage)].join(', ')}`;
  const before = await mergeFrom(load, first, position);
  await load.db.query(truncate);
  const after = await mergeFrom(load, second, position + countLines(first.text));
  await load.db.query(truncate);
  return {
    children: addChildren(before.children, after.children),
    counts: {
      inserted: before.counts.inserted + after.counts.inserted,
      updated: before.counts.updated + after.counts.updated,
      unchanged: before.counts.unchanged + after.counts.unchanged,
      stale: before.counts.stale + after.counts.stale,
    },
    late: joinLate(before.late, after.late),
    refused: [...before.refused, ...after.refused],
  };
}

function joinLate(one: Late | undefined, other: Late | undefined): Late | undefined {
  if (!one || !other) return one ?? other;
  const oldest = BigInt(one.oldest) < BigInt(other.oldest) ? one.oldest : other.oldest;
  return { records: one.records + other.records, oldest };
}

function letterOf(
  plan: TargetPlan,
  { text, children }: RecordLines,
  ...[position, refusal]: [position: number, refusal: RecordRefusedError]
): DeadLetter {
  const record = { ...rowOf(plan, text.toString('utf8')), ...childRowsOf(plan, children) };
  const payload = Buffer.from(JSON.stringify(record)).subarray(0, MAX_REJECT_BYTES);
  return {
    kind: 'row',
    position,
    code: refusal.code,
    reason: refusal.message,
    // The decoder holds back a character that the cut went through.
    payload: new TextDecoder().decode(payload, { stream: true }),
  };
}

type Row = Readonly<Record<string, string | null>>;

function rowOf({ columns }: { readonly columns: readonly string[] }, line: string): Row {
  const values = readCopyLine(line);
  return Object.fromEntries(columns.map((name, place) => [name, values[place] ?? null]));
}

/** The rows of a record's children, under the names of their tables. */
function childRowsOf({ children }: TargetPlan, texts: readonly Buffer[]): Record<string, Row[]> {
  return Object.fromEntries(
    children.map((child, place) => {
      const lines = texts[place]?.toString('utf8').split('\n').slice(0, -1) ?? [];
      return [child.name, lines.map((line) => rowOf(child, line))];
    }),
  );
}
