import type { Definition } from '@tidemark/collector-sdk';
import { budgetKey, declaredEntity } from '@tidemark/collector-sdk/source';
import type { PageTask } from '@tidemark/contracts';

/** A rate budget that a request may be counted in, and the secret that it is for, where each has its own. */
export interface Budget {
  readonly key: string;
  readonly secret: string | undefined;
}

/** Knows the budgets of requests: those that definitions declare, and those that answers named. */
export class Budgets {
  /** What the last answer of a collector was counted for, where the definition leaves that to the answers. */
  readonly #told = new Map<string, string>();

  /** The budgets of a page, one of which is enough: one for each of the secrets, or the source's own. */
  of(definition: Definition, task: PageTask, secrets: readonly string[]): Budget[] {
    const entity = declaredEntity(definition, task) ?? this.#told.get(task.collector);
    const choices = secrets.length > 0 ? secrets : [undefined];
    const { name } = definition.source;
    return choices.map((secret) => ({ key: budgetKey(name, entity, secret), secret }));
  }

  /** The budget that an answer was really counted in; later pages of the collector are counted there, too. */
  named(
    { source }: Definition,
    task: PageTask,
    told: { readonly entity: string; readonly secret: string | undefined },
  ): string {
    this.#told.set(task.collector, told.entity);
    return budgetKey(source.name, told.entity, told.secret);
  }
}
