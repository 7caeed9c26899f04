import type pg from 'pg';
import type { TargetPlan } from './target-plan.ts';

/** A session empties all its staging tables at each commit that used one, so it keeps few. */
const MOST_STAGES = 16;

/** Which staging tables each connection has; they live as long as their connection. */
export class Staging {
  readonly #stages = new WeakMap<pg.ClientBase, Set<string>>();

  /** Makes sure that the connection has the staging table; to be confirmed when the transaction has committed. */
  async prepare(db: pg.ClientBase, plan: TargetPlan): Promise<void> {
    const stages = this.#of(db);
    if (stages.has(plan.stage)) return;
    const [oldest] = stages;
    if (stages.size >= MOST_STAGES && oldest !== undefined) {
      await db.query(`drop table if exists ${oldest}`);
      stages.delete(oldest);
    }
    await db.query(plan.createStageSql);
  }

  /** Remembers a staging table whose creation has been committed. */
  confirm(db: pg.ClientBase, plan: TargetPlan): void {
    this.#of(db).add(plan.stage);
  }

  #of(db: pg.ClientBase): Set<string> {
    const known = this.#stages.get(db);
    if (known) return known;
    const stages = new Set<string>();
    this.#stages.set(db, stages);
    return stages;
  }
}
