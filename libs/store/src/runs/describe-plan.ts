import type { Queryable } from '../connect.ts';

/** Notes on a run how many chunks were planned and where its watermark stood. */
export async function describePlan(
  db: Queryable,
  plan: { readonly runId: string; readonly chunks: number; readonly watermarkFrom: string | null },
): Promise<void> {
  await db.query({
    name: 'describe-plan',
    text: `
      update tidemark.collector_runs
         set chunks_planned = $2, watermark_from = $3
       where id = $1`,
    values: [plan.runId, plan.chunks, plan.watermarkFrom],
  });
}
