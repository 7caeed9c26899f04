import { Definition } from '@tidemark/collector-sdk';
import { TerminalError } from '@tidemark/runtime';
import {
  findCheckpoint,
  findDefinition,
  findEarlierRun,
  type EarlierRun,
  type Queryable,
} from '@tidemark/store';
import type { QueuedCommand, TakeUp } from '../commands/queued-command.ts';
import type { UsableDefinition } from './load-definition.ts';

/** The run whose chunks a command takes up; undefined when none is named and the last one left nothing open. */
export async function findParent(
  db: Queryable,
  { definition }: UsableDefinition,
  { takeUp, runClass }: Pick<QueuedCommand, 'takeUp' | 'runClass'>,
): Promise<EarlierRun | undefined> {
  if (!takeUp) return undefined;
  const parent =
    takeUp.runId === undefined
      ? await findCheckpoint(db, definition.name, runClass)
      : await mustFindParent(db, definition.name, { ...takeUp, runId: takeUp.runId });
  if (parent) await requireSameWay(db, definition, parent);
  return parent;
}

async function mustFindParent(
  db: Queryable,
  collector: string,
  { runId, which }: TakeUp & { readonly runId: string },
): Promise<EarlierRun> {
  const parent = await findEarlierRun(db, runId);
  if (!parent || parent.collectorName !== collector) {
    throw new TerminalError('RUN_UNKNOWN', `"${collector}" has no run ${runId}`);
  }
  const refusal = whyNot(parent, which);
  if (refusal !== undefined) throw new TerminalError(refusal.code, `run ${runId} ${refusal.why}`);
  return parent;
}

function whyNot(
  run: EarlierRun,
  which: TakeUp['which'],
): { readonly code: 'RUN_CONFLICT' | 'COMMAND_INVALID'; readonly why: string } | undefined {
  if (!run.hasEnded) return { code: 'RUN_CONFLICT', why: `is still ${run.status}` };
  const why = (text: string) => ({ code: 'COMMAND_INVALID', why: text }) as const;
  if (run.mode === 'rehearsal') return why('was a rehearsal: nothing of it counts');
  if (!run.hasChunks) return why('is so old that its chunks are not kept any more');
  if (run.succeededBy !== null) {
    return why(`was succeeded by run ${run.succeededBy}; look what that one left open`);
  }
  const left = which === 'failed' ? run.failedChunks : run.openChunks;
  return left > 0 ? undefined : why(`left no chunk ${which}; it ended with ${run.status}`);
}

/** A chunk keeps the windows and items that it was planned with, so the definition must still ask by them. */
async function requireSameWay(
  db: Queryable,
  definition: Definition,
  { id, revision }: EarlierRun,
): Promise<void> {
  const earlier = Definition.safeParse(await findDefinition(db, definition.name, revision));
  if (earlier.success && wayOf(earlier.data) === wayOf(definition)) return;
  throw new TerminalError(
    'COMMAND_INVALID',
    `"${definition.name}" asks in another way than when run ${id} was planned; start a run that plans anew`,
  );
}

function wayOf({ incremental, source }: Definition): string {
  const unit = 'unit' in incremental ? incremental.unit : '';
  return `${source.kind} ${incremental.kind} ${unit}`;
}
