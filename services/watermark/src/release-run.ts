import { context } from '@opentelemetry/api';
import { publishTask } from '@tidemark/bus';
import { PageTask } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { findRunState, releaseChunks } from '@tidemark/store';
import { contextFromTraceparent } from '@tidemark/telemetry';
import type { Deps } from './deps.ts';
import { publishLetters } from './replay/publish-letters.ts';

/**
 * Makes the next chunks of a run active and publishes their first tasks. Store first: a task that arrives before its
 * chunk is active would be dropped, while a chunk without a task is found by the sweep.
 */
export async function releaseRun(deps: Deps, runId: string): Promise<void> {
  const run = await deps.store.with((db) => findRunState(db, runId));
  if (run?.status !== 'running') return;
  const chunks = await deps.store.transaction((db) => releaseChunks(db, runId));
  const runContext = contextFromTraceparent(run.traceparent);
  await context.with(runContext, () =>
    Promise.all(
      chunks.map(({ task, attempt, letters }) => begin(deps, taskAt(task, { attempt }), letters)),
    ),
  );
}

/** Publishes what a chunk begins with: the task to ask its source, or the dead letters that it brings again. */
export async function begin(
  deps: Deps,
  task: PageTask,
  letters: readonly string[] | null,
): Promise<void> {
  if (letters) await publishLetters(deps, task, letters);
  else await publishTask(deps.bus, task, deps.signal);
}

/** A stored task at an attempt, and at another page than its first one. */
export function taskAt(stored: unknown, change: { attempt: number; page?: unknown }): PageTask {
  const task = PageTask.safeParse({ ...Object(stored), ...change });
  if (task.success) return task.data;
  throw new TerminalError(
    'MESSAGE_INVALID',
    `a stored task is not of its form: ${task.error.message}`,
  );
}
