import type { PageTask } from '@tidemark/contracts';
import type { Definition } from '../definition/definition.ts';
import { templateValues } from '../request/build-request.ts';
import { compileTemplate, decodeExpanded } from '../request/template.ts';

/** Names the budget that a request is counted in: the source's, or one of its own for an entity and for a secret. */
export function budgetKey(
  source: string,
  entity: string | undefined,
  secret: string | undefined,
): string {
  const ofEntity = entity === undefined ? '' : `/${entity.slice(0, 200)}`;
  return `${source}${ofEntity}${secret === undefined ? '' : `#${secret}`}`;
}

/** The entity that the definition declares for a page; undefined when it declares none. */
export function declaredEntity(definition: Definition, task: PageTask): string | undefined {
  const { rate } = definition.source;
  if (rate?.entity === undefined) return undefined;
  const values = templateValues(definition, task);
  return decodeExpanded(compileTemplate(rate.entity).expand(values));
}
