import type { Queryable } from '../connect.ts';

export interface PlanDescription {
  readonly runId: string;
  readonly chunks: number;
  readonly watermarkFrom: string | null;
}

/** Notes on a run how many chunks were planned and where its watermark stood. */
export async function describePlan(db: Queryable, plan: PlanDescription): Promise<void> {
  await db.query({
    name: 'describe-plan',
    text: `
      update tidemark.collector_runs
         set chunks_planned = $2, watermark_from = $3
       where id = $1`,
    values: [plan.runId, plan.chunks, plan.watermarkFrom],
  });
}
