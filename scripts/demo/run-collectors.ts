import { randomUUID } from 'node:crypto';
import { jetstream } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { ProgressBoard, hasEnded } from '@tidemark/cli';
import { type RunMode, commandSubject } from '@tidemark/contracts';
import { TerminalError, TransientError, sleep } from '@tidemark/runtime';
import { type RunRow, type Store, findCommand, findRun } from '@tidemark/store';
import {
  type CollectorOfDemo,
  type SourceControl,
  type SourceCounts,
  collectorsOfDemo,
} from './sources.ts';

export interface DemoContext {
  readonly nats: NatsConnection;
  readonly store: Store;
  readonly sources: Readonly<Record<CollectorOfDemo, SourceControl>>;
  readonly out: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly signal: AbortSignal;
}

/** A run that has ended, and what it asked of its source. */
export interface RunResult {
  readonly collector: CollectorOfDemo;
  readonly run: RunRow;
  readonly asked: SourceCounts;
}

interface Started {
  readonly collector: CollectorOfDemo;
  readonly runId: string;
  readonly commandId: string;
  readonly before: SourceCounts;
}

const POLL_MS = 200;
const STUCK_MS = 90_000;

/** Publishes a control message for each collector, shows the progress of their runs, and gives them as they ended. */
export async function runCollectors(context: DemoContext, mode: RunMode): Promise<RunResult[]> {
  const started = await Promise.all(
    collectorsOfDemo.map(async (collector) => publishCommand(context, collector, mode)),
  );
  const runs = await followAll(context, started);
  return Promise.all(
    started.map(async ({ collector, runId, before }) => {
      const run = runs.get(runId);
      if (!run) throw new Error(`the run ${runId} was not followed`);
      const after = await context.sources[collector].counts();
      const asked = {
        requests: after.requests - before.requests,
        records: after.records - before.records,
      };
      return { collector, run, asked };
    }),
  );
}

async function publishCommand(
  { nats, sources, out }: DemoContext,
  collector: CollectorOfDemo,
  mode: RunMode,
): Promise<Started> {
  const before = await sources[collector].counts();
  const [runId, commandId] = [randomUUID(), randomUUID()];
  const subject = commandSubject('run', collector);
  const body = {
    ...(mode === 'incremental' ? {} : { mode }),
    runId,
    commandId,
    triggeredBy: 'demo',
  };
  await jetstream(nats).publish(subject, JSON.stringify(body));
  out.write(`  published to ${subject}\n`);
  return { collector, runId, commandId, before };
}

async function followAll(
  { store, out, signal }: DemoContext,
  started: readonly Started[],
): Promise<Map<string, RunRow>> {
  using board = new ProgressBoard(out);
  const runs = new Map<string, RunRow>();
  let seen = '';
  let movedAtMs = performance.now();
  while (![...runs.values()].every(hasEnded) || runs.size < started.length) {
    for (const each of started) {
      const run = await store.with(async (db) => findRun(db, each.runId));
      if (run) runs.set(each.runId, run);
      else await refuseRefused(store, each);
      if (run) board.show(run);
    }
    const now = [...runs.values()]
      .map((run) => `${run.status} ${run.pages_read} ${run.records_processed}`)
      .join();
    if (now !== seen) movedAtMs = performance.now();
    if (performance.now() - movedAtMs > STUCK_MS) throw stuckError();
    seen = now;
    await sleep(POLL_MS, signal);
  }
  return runs;
}

async function refuseRefused(store: Store, { collector, commandId }: Started): Promise<void> {
  const answer = await store.with(async (db) => findCommand(db, commandId));
  if (answer?.outcome !== 'refused') return;
  throw new TerminalError(
    'COMMAND_INVALID',
    `${collector} was not started: ${answer.reasons.join('; ')}`,
  );
}

function stuckError(): TransientError {
  return new TransientError(
    'SOURCE_UNAVAILABLE',
    `Nothing has moved for ${STUCK_MS / 1_000} s; the logs in .tidemark/demo/logs tell why.`,
  );
}
