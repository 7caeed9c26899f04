import { provisionCollector, putDefinition } from '@tidemark/bus';
import { canonicalJson, Definition } from '@tidemark/collector-sdk';
import { listDefinitionsInUse } from '@tidemark/store';
import type { Deps } from '../deps.ts';

/** Makes sure that every definition a message may name can be read, and every collector has its consumers, even after NATS lost them. */
export async function republishDefinitions(deps: Deps, ackWaitMs: number): Promise<void> {
  const inUse = await deps.store.with(listDefinitionsInUse);
  const inService = new Set(inUse.filter((row) => row.isCurrent).map((row) => row.name));
  for (const { name, revision, definition, isCurrent } of inUse) {
    await putDefinition(deps.bus, name, revision, canonicalJson(definition));
    const read = Definition.safeParse(definition);
    // A collector out of use may have an active run, whose pages need their consumer still.
    if (!read.success || (inService.has(name) && !isCurrent)) continue;
    const { concurrency } = read.data.limits;
    await provisionCollector(deps.bus, name, { concurrency, ackWaitMs, signal: deps.signal });
  }
}
