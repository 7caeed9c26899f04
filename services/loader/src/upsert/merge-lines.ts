import { MAX_REJECT_BYTES } from '@tidemark/contracts';
import { RecordRefusedError, translateDatabaseError, type DeadLetter } from '@tidemark/store';
import type pg from 'pg';
import { copyIn } from './copy-in.ts';
import { countLines, readCopyLine, splitLines } from './copy-lines.ts';
import type { Lineage } from './lineage.ts';
import { type Late, type MergeCounts, type MergedStage, mergeStage } from './merge-stage.ts';
import type { TargetPlan } from './target-plan.ts';

export interface MergedLines extends MergedStage {
  /** Records that PostgreSQL refused because of their own values. */
  readonly refused: readonly DeadLetter[];
}

const nothing: MergeCounts = { inserted: 0, updated: 0, unchanged: 0, stale: 0 };

/**
 * Stages lines and merges them. When PostgreSQL refuses a value the half that holds it is looked for with savepoints,
 * down to the record: it alone is left out, and all else is loaded by the same transaction.
 */
export async function mergeLines(
  db: pg.ClientBase,
  plan: TargetPlan,
  text: Buffer,
  lineage: Lineage,
): Promise<MergedLines> {
  return mergeFrom({ db, plan, lineage }, text, 0);
}

interface Load {
  readonly db: pg.ClientBase;
  readonly plan: TargetPlan;
  readonly lineage: Lineage;
}

async function mergeFrom(load: Load, text: Buffer, position: number): Promise<MergedLines> {
  const { db, plan, lineage } = load;
  await db.query('savepoint lines');
  try {
    await copyIn(db, plan.copyStageSql, text);
    if (plan.seedSql !== undefined) await db.query(plan.seedSql);
    const merged = await mergeStage(db, plan, lineage);
    // Unreleased ones would nest, as deep as there are halves.
    await db.query('release savepoint lines');
    return { ...merged, refused: [] };
  } catch (error) {
    const refusal = translateDatabaseError(error);
    if (!(refusal instanceof RecordRefusedError)) throw error;
    await db.query('rollback to savepoint lines; release savepoint lines');
    const lines = countLines(text);
    if (lines <= 1) {
      const refused = [letterOf(plan, text, position, refusal)];
      return { counts: nothing, late: undefined, refused };
    }
    return mergeHalves(load, splitLines(text, Math.ceil(lines / 2)), position);
  }
}

async function mergeHalves(
  load: Load,
  [first, second]: [Buffer, Buffer],
  position: number,
): Promise<MergedLines> {
  const before = await mergeFrom(load, first, position);
  await load.db.query(`truncate ${load.plan.stage}`);
  const after = await mergeFrom(load, second, position + countLines(first));
  await load.db.query(`truncate ${load.plan.stage}`);
  return {
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
  line: Buffer,
  position: number,
  refusal: RecordRefusedError,
): DeadLetter {
  const values = readCopyLine(line.toString('utf8'));
  const record = Object.fromEntries(
    plan.columns.map((name, place) => [name, values[place] ?? null]),
  );
  const payload = Buffer.from(JSON.stringify(record)).subarray(0, MAX_REJECT_BYTES);
  return {
    kind: 'record',
    position,
    code: refusal.code,
    reason: refusal.message,
    // The decoder holds back a character that the cut went through.
    payload: new TextDecoder().decode(payload, { stream: true }),
  };
}
