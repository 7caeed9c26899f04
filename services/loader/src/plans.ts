import { Definition } from '@tidemark/collector-sdk';
import { TerminalError } from '@tidemark/runtime';
import { planTarget, type TargetPlan } from './upsert/target-plan.ts';

/** Where definitions come from. */
export interface DefinitionSource {
  get(name: string, revision: string): Promise<unknown>;
}

/** Revisions beyond this are forgotten, oldest first; they can be read again. */
const MOST_KEPT = 200;

/** How to load into the target of each revision of a definition, worked out once. */
export class Plans {
  readonly #source: DefinitionSource;
  readonly #kept = new Map<string, TargetPlan>();

  constructor(source: DefinitionSource) {
    this.#source = source;
  }

  async get(collector: string, revision: string): Promise<TargetPlan> {
    const key = `${collector}.${revision}`;
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const read = Definition.safeParse(await this.#source.get(collector, revision));
    if (!read.success) {
      throw new TerminalError(
        'DEFINITION_INVALID',
        `revision ${revision} of ${collector} cannot be read; register the collector again`,
        { cause: read.error },
      );
    }
    const plan = planTarget(read.data);
    this.#kept.set(key, plan);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > MOST_KEPT && oldest !== undefined) this.#kept.delete(oldest);
    return plan;
  }
}
