import { Definition } from '@tidemark/collector-sdk';
import { findAnswer, listDefinitionsInUse, readClock } from '@tidemark/store';
import { tickTriggerId } from '../commands/trigger-id.ts';
import type { Deps } from '../deps.ts';
import { eachByItself } from '../each-by-itself.ts';
import { handleCommand } from '../handlers/on-command.ts';
import { dueTick } from './due-tick.ts';

/**
 * Fires the schedules that are due. Every replica does: the tick decides the ids of command and run, so the first one
 * counts. After an outage a missed schedule fires once, if its tick is not older than the look-back.
 */
export async function fireSchedules(deps: Deps, lookbackMs: number): Promise<void> {
  const nowMs = toMs(await deps.store.with(readClock));
  await eachByItself(await deps.store.with(listDefinitionsInUse), async (row) => {
    const definition = Definition.safeParse(row.definition);
    if (!row.isCurrent || !row.enabled || !definition.success) return;
    const { schedule } = definition.data;
    if (!schedule) return;
    const afterMs = Math.max(nowMs - lookbackMs, toMs(row.scheduledAt));
    const tickMs = dueTick(schedule, { nowMs, afterMs });
    if (tickMs !== undefined) await fire(deps, row.name, tickMs);
  });
}

async function fire(deps: Deps, collector: string, tickMs: number): Promise<void> {
  const id = tickTriggerId(collector, tickMs);
  if (await deps.store.with((db) => findAnswer(db, id))) return;
  const payload = JSON.stringify({ triggeredBy: 'schedule', overlap: 'skip' });
  await handleCommand(deps, { commandId: id, runId: id, verb: 'run', collector, payload });
}

function toMs(micros: string): number {
  return Number(BigInt(micros) / 1_000n);
}
