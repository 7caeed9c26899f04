import { provisionCollector, putDefinition } from '@tidemark/bus';
import { canonicalJson, Definition } from '@tidemark/collector-sdk';
import { listDefinitionsInUse } from '@tidemark/store';
import type { Deps } from '../deps.ts';

/** Makes sure that every definition a message may name can be read, and every collector has its consumers, even after NATS lost them. */
export async function republishDefinitions(deps: Deps, ackWaitMs: number): Promise<void> {
  for (const { name, revision, definition, isCurrent } of await deps.store.with(
    listDefinitionsInUse,
  )) {
    await putDefinition(deps.bus, name, revision, canonicalJson(definition));
    const read = Definition.safeParse(definition);
    if (!isCurrent || !read.success) continue;
    const { concurrency } = read.data.limits;
    await provisionCollector(deps.bus, name, { concurrency, ackWaitMs, signal: deps.signal });
  }
}
