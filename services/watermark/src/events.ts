import { publishEvent } from '@tidemark/bus';
import type {
  ChunkEvent,
  ChunkStatus,
  CommandEvent,
  DatabaseEvent,
  RehearsalReport,
  RunEvent,
} from '@tidemark/contracts';
import type { AnsweredCommand, Restore, RunState } from '@tidemark/store';
import { attributeNames, meter } from '@tidemark/telemetry';
import type { Deps } from './deps.ts';

const metrics = meter('tidemark.watermark');
const commands = metrics.createCounter('tidemark.command.answers');
const runs = metrics.createCounter('tidemark.run.starts');
const restarts = metrics.createCounter('tidemark.chunk.restarts');
const deletions = metrics.createCounter('tidemark.sweep.deletions');
const restores = metrics.createCounter('tidemark.database.restores');
const registrations = metrics.createCounter('tidemark.collector.registrations');

type Answer = Omit<AnsweredCommand, 'command'>;

/** A command was answered, now or before. */
export async function commandAnswered(deps: Deps, answer: Answer): Promise<void> {
  commands.add(1, { verb: answer.verb, outcome: answer.outcome });
  deps.logger.info(
    {
      commandId: answer.id,
      verb: answer.verb,
      collectorName: answer.collectorName,
      outcome: answer.outcome,
      reasons: answer.reasons,
      runId: answer.runId,
    },
    'command answered',
  );
  const event: CommandEvent = {
    v: 1,
    commandId: answer.id,
    verb: answer.verb,
    collector: answer.collectorName,
    outcome: answer.outcome,
    reasons: [...answer.reasons],
    runId: answer.runId,
  };
  await publishEvent(deps.bus, 'command', answer.collectorName, event);
}

/** A run was planned, or was ended by this service. */
export async function runChanged(deps: Deps, run: RunState): Promise<void> {
  const { id: runId, collectorName, runClass, mode, status } = run;
  if (status === 'running')
    runs.add(1, { [attributeNames.collector]: collectorName, class: runClass, mode });
  deps.logger.info({ runId, collectorName, runClass, mode, status }, 'run changed');
  const event: RunEvent = { v: 1, runId, collector: collectorName, runClass, status };
  await publishEvent(deps.bus, 'run', collectorName, event);
}

/** A source was read whole, and what vanished from it is deleted. */
export function runSwept({ collectorName }: RunState, deleted: number): void {
  if (deleted > 0) deletions.add(deleted, { [attributeNames.collector]: collectorName });
}

interface LostChunk {
  readonly runId: string;
  readonly chunkId: number;
  readonly collectorName: string;
  readonly attempt: number;
}

/** A chunk of which nothing was left in the streams goes on from what is recorded of it. */
export function chunkRestarted(
  deps: Deps,
  { runId, chunkId, collectorName, attempt }: LostChunk,
): void {
  restarts.add(1, { [attributeNames.collector]: collectorName });
  deps.logger.warn({ runId, chunkId, collectorName, attempt }, 'lost chunk restarted');
}

/** A chunk that was taken for lost, or the dead letters of one, had everything in place. */
export async function chunkEnded(
  deps: Deps,
  { runId, chunkId, collectorName }: Omit<LostChunk, 'attempt'>,
  status: ChunkStatus,
): Promise<void> {
  const event: ChunkEvent = { v: 1, runId, chunkId, collector: collectorName, status };
  await publishEvent(deps.bus, 'chunk', collectorName, event);
}

/** A rehearsal was compared with its target. */
export function rehearsalReported(
  deps: Deps,
  { runId, collectorName }: { readonly runId: string; readonly collectorName: string },
  report: RehearsalReport,
): void {
  const { samples: _, ...counts } = report;
  deps.logger.info({ runId, collectorName, ...counts }, 'rehearsal reported');
}

/** A revision of a collector is in use from now on. */
export function collectorRegistered(deps: Deps, collectorName: string, revision: string): void {
  registrations.add(1, { outcome: 'ready' });
  deps.logger.info({ collectorName, revision }, 'collector registered');
}

/** A definition, or its target, has mistakes; the last good revision stays in use. */
export function collectorRefused(
  deps: Deps,
  refusal: { readonly collectorName: string; readonly status: string; readonly reason: string },
): void {
  registrations.add(1, { outcome: refusal.status });
  deps.logger.error(refusal, 'collector refused');
}

/** The database is an earlier one than NATS has heard of. */
export async function databaseRestored(deps: Deps, restore: Restore): Promise<void> {
  restores.add(1, { kind: restore.kind });
  deps.logger.error(
    restore,
    'PostgreSQL is not what it was: what was done since it was saved is not known any more; see docs/operations.md',
  );
  const event: DatabaseEvent = { v: 1, ...restore };
  await publishEvent(deps.bus, 'database', 'postgres', event);
}
