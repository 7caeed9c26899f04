import { setTimeout as delay } from 'node:timers/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { backfillWindow, collectors, type CollectorName } from '../world/definitions.ts';
import type { World } from '../world/start-world.ts';
import { command } from './commands.ts';

const ASK_EVERY_MS = 200;
const TRIES = 5;

/** What did not come to its end in time, in words. */
export class UnfinishedError extends Error {}

/** Lets everything that is under way end, and then each collector read what it has not read yet. */
export async function runToTheEnd(world: World, deadlineMs: number): Promise<void> {
  const endsMs = performance.now() + deadlineMs;
  await settle(world, endsMs);
  for (const name of ['events', 'flaky']) {
    const payload = { mode: 'backfill', window: backfillWindow(world.shop) };
    await runUntilSuccess(world, name, { payload, endsMs });
  }
  await Promise.all(
    collectors.map((name) => runUntilSuccess(world, name, { payload: {}, endsMs })),
  );
}

/** Lets each collector read everything once more; gives the runs. */
export async function readEverything(
  world: World,
  deadlineMs: number,
): Promise<Map<CollectorName, string>> {
  const endsMs = performance.now() + deadlineMs;
  const payload = { mode: 'full' };
  const runs = collectors.map(
    async (name) => [name, await runUntilSuccess(world, name, { payload, endsMs })] as const,
  );
  return new Map(await Promise.all(runs));
}

/** Waits until no run is open and no command waits. */
async function settle(world: World, endsMs: number): Promise<void> {
  let open: string[] = [];
  for (let asked = 0; performance.now() < endsMs; asked += 1) {
    // The server may be about to come back.
    const onTheirWay = await countCommands(world).catch(() => Number.POSITIVE_INFINITY);
    open = onTheirWay > 0 ? [`${onTheirWay} commands on their way`] : await listOpen(world);
    if (open.length === 0) return;
    // A run may still be paused, and the command that ends that may have got lost; while some are on their way it has not.
    if (onTheirWay === 0 && asked % 10 === 0)
      for (const name of collectors) await command(world, 'resume', name);
    await delay(ASK_EVERY_MS);
  }
  throw new UnfinishedError(`still open after the faults had stopped: ${open.join(', ')}`);
}

async function countCommands({ connection }: World): Promise<number> {
  const manager = await jetstreamManager(connection);
  return (await manager.streams.info('COMMANDS')).state.messages;
}

async function listOpen({ pool }: World): Promise<string[]> {
  const { rows } = await pool.query<{ open: string }>(`
    select concat_ws(' ', collector_name, class, status, id) as open
      from tidemark.collector_runs where completed_at is null
    union all
    select concat_ws(' ', collector_name, 'command', outcome, id) from tidemark.commands where outcome = 'queued'`);
  return rows.map(({ open }) => open);
}

interface Wanted {
  readonly payload: Readonly<Record<string, unknown>>;
  readonly endsMs: number;
}

async function runUntilSuccess(
  world: World,
  collector: string,
  { payload, endsMs }: Wanted,
): Promise<string> {
  let status = 'none';
  for (let tried = 0; tried < TRIES; tried += 1) {
    const runId = crypto.randomUUID();
    await command(world, 'run', collector, { ...payload, runId });
    status = await endOf(world, runId, endsMs);
    if (status === 'success') return runId;
  }
  throw new UnfinishedError(`${collector} ended ${status} ${TRIES} times with nothing in its way`);
}

async function endOf({ pool }: World, runId: string, endsMs: number): Promise<string> {
  while (performance.now() < endsMs) {
    const { rows } = await pool.query<{ status: string }>(
      'select status from tidemark.collector_runs where id = $1 and completed_at is not null',
      [runId],
    );
    if (rows[0]) return rows[0].status;
    await delay(ASK_EVERY_MS);
  }
  throw new UnfinishedError(`run ${runId} did not end in time`);
}
