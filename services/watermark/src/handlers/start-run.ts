import type { RunCommand } from '@tidemark/contracts';
import { TransientError } from '@tidemark/runtime';
import {
  cancelRun,
  findAnswer,
  findRunState,
  listActiveRuns,
  listQueuedCommands,
  lockRunsOf,
  mergeQueuedCommand,
  type AnsweredCommand,
  type Queryable,
  type RunState,
} from '@tidemark/store';
import { accepted, refused, skipped, writeAnswer, type Answer } from '../commands/answer.ts';
import { mergeCommands, QueuedCommand } from '../commands/queued-command.ts';
import { reason } from '../commands/read-command.ts';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';
import { runChanged } from '../events.ts';
import { findParent } from '../planning/find-parent.ts';
import type { UsableDefinition } from '../planning/load-definition.ts';
import { makePlan } from '../planning/make-plan.ts';
import { startQueued } from '../planning/start-queued.ts';
import { storePlan } from '../planning/store-plan.ts';
import { planReplay } from '../replay/plan-replay.ts';
import { releaseRun } from '../release-run.ts';
import { planningTransaction } from '../targets/job-tables.ts';

/** A run that a command asks for. */
export interface RunToStart {
  readonly usable: UsableDefinition;
  readonly wanted: QueuedCommand;
  /** The id that the run is to have; its trigger decides it when absent. */
  readonly runId?: string | undefined;
  readonly overlap?: RunCommand['overlap'];
}

interface Decision {
  readonly answer: AnsweredCommand;
  /** Runs that this command ended. */
  readonly cancelled: readonly RunState[];
}

/**
 * Starts a run, or answers by the overlap policy why not. One transaction holds answer, run and chunks, so a command
 * that comes again, or at the same time elsewhere, finds all of it or nothing. Terminal errors are refusals.
 */
export async function startRun(
  deps: Deps,
  received: ReceivedCommand,
  run: RunToStart,
): Promise<AnsweredCommand> {
  const { answer, cancelled } = await planningTransaction(deps.store, async (db) => {
    await lockRunsOf(db, received.collector, run.wanted.runClass);
    const earlier = await findAnswer(db, received.commandId);
    if (earlier) return { answer: earlier, cancelled: [] };
    return decide(db, received, run);
  });
  for (const ended of cancelled) await runChanged(deps, ended);
  await goOn(deps, answer);
  return answer;
}

/** What follows an answer; doing it again for an answer of long ago does nothing. */
async function goOn(deps: Deps, answer: AnsweredCommand): Promise<void> {
  if (answer.outcome === 'queued') await startQueued(deps, answer.collectorName);
  if (answer.outcome !== 'accepted' || answer.runId === null) return;
  const { runId } = answer;
  const run = await deps.store.with((db) => findRunState(db, runId));
  if (run) await runChanged(deps, run);
  await releaseRun(deps, runId);
}

/** What does not fit now is refused at once, although the run would have to wait. */
async function refuseWhatNeverFits(
  db: Queryable,
  { usable, wanted }: Pick<RunToStart, 'usable' | 'wanted'>,
): Promise<void> {
  if (await planReplay(db, usable, wanted)) return;
  const parent = await findParent(db, usable, wanted);
  if (!parent) await makePlan(db, usable, wanted);
}

async function decide(
  db: Queryable,
  received: ReceivedCommand,
  { usable, wanted, ...run }: RunToStart,
): Promise<Decision> {
  const { collector } = received;
  const runId = run.runId ?? received.runId;
  const answerWith = async (answer: Answer, cancelled: readonly RunState[] = []) => ({
    answer: await writeAnswer(db, received, answer),
    cancelled,
  });

  const known = await findRunState(db, runId);
  if (known) return answerWith(answerForKnown(known, collector));
  const active = (await listActiveRuns(db, collector)).find(
    (run) => run.runClass === wanted.runClass,
  );
  const waiting = (await listQueuedCommands(db, collector)).find(
    (row) => QueuedCommand.parse(row.command).runClass === wanted.runClass,
  );
  const policy = run.overlap ?? usable.definition.overlap;
  const inTheWay = active?.id ?? waiting?.runId;
  if (inTheWay && policy === 'skip') {
    return answerWith(skipped([reason('RUN_CONFLICT', `run ${inTheWay} is active or waits`)]));
  }
  if (inTheWay && policy === 'queue') {
    await refuseWhatNeverFits(db, { usable, wanted });
    return answerWith(await enqueue(db, { runId, waiting, wanted }));
  }
  const cancelled = active ? await cancelActive(db, active, runId) : [];
  const planned = await storePlan(db, { runId, collector, command: wanted, usable });
  if (planned.kind === 'conflict') {
    // Only somebody who does not take our lock can have been quicker: look again.
    throw new TransientError('RUN_CONFLICT', `another run of "${collector}" began just now`);
  }
  return answerWith(accepted(runId), cancelled);
}

function answerForKnown(known: RunState, collector: string): Answer {
  if (known.collectorName === collector) return accepted(known.id);
  const taken = `the run id ${known.id} belongs to "${known.collectorName}"`;
  return refused([reason('COMMAND_INVALID', taken)]);
}

async function cancelActive(db: Queryable, active: RunState, by: string): Promise<RunState[]> {
  const status = await cancelRun(db, active.id, `cancelled in favour of run ${by}`);
  return status === 'cancelled' ? [{ ...active, status }] : [];
}

interface Queueing {
  readonly runId: string;
  readonly waiting: AnsweredCommand | undefined;
  readonly wanted: QueuedCommand;
}

/** At most one run waits: later commands join it as long as one run can do what all of them ask for. */
async function enqueue(db: Queryable, { runId, waiting, wanted }: Queueing): Promise<Answer> {
  if (!waiting || waiting.runId === null) {
    return { outcome: 'queued', reasons: [], runId, command: wanted };
  }
  const merged = mergeCommands(QueuedCommand.parse(waiting.command), wanted);
  if (!merged) {
    const held = `run ${waiting.runId} waits already, for something else; send this again when it has begun`;
    return skipped([reason('RUN_CONFLICT', held)]);
  }
  await mergeQueuedCommand(db, waiting.runId, merged);
  return {
    outcome: 'queued',
    reasons: [`joined the run ${waiting.runId} that waits`],
    runId: waiting.runId,
    command: merged,
  };
}
