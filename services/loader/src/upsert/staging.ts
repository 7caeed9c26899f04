import type pg from 'pg';

/** A temporary table that lines are copied into before they are merged. */
export interface Stage {
  /** As SQL writes its name; it tells what columns it has. */
  readonly stage: string;
  readonly createStageSql: string;
}

/** A session empties all its staging tables at each commit that used one, so it keeps few. */
const MOST_STAGES = 16;

/** Which staging tables each connection has; they live as long as their connection. */
export class Staging {
  readonly #stages = new WeakMap<pg.ClientBase, Set<string>>();

  /** Makes sure that the connection has the staging tables; to be confirmed when the transaction has committed. */
  async prepare(db: pg.ClientBase, wanted: readonly Stage[]): Promise<void> {
    const stages = this.#of(db);
    const missing = wanted.filter(({ stage }) => !stages.has(stage));
    const others = [...stages].filter((name) => wanted.every(({ stage }) => stage !== name));
    for (const oldest of others.slice(0, Math.max(0, stages.size + missing.length - MOST_STAGES))) {
      await db.query(`drop table if exists ${oldest}`);
      stages.delete(oldest);
    }
    for (const { createStageSql } of missing) await db.query(createStageSql);
  }

  /** Remembers staging tables whose creation has been committed. */
  confirm(db: pg.ClientBase, made: readonly Stage[]): void {
    const stages = this.#of(db);
    for (const { stage } of made) stages.add(stage);
  }

  #of(db: pg.ClientBase): Set<string> {
    const known = this.#stages.get(db);
    if (known) return known;
    const stages = new Set<string>();
    this.#stages.set(db, stages);
    return stages;
  }
}
