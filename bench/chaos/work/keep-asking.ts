import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '../random.ts';
import { backfillWindow, collectors } from '../world/definitions.ts';
import type { World } from '../world/start-world.ts';
import { command } from './commands.ts';

const EVERY_MS = 400;

/** What is asked for, and how often. */
const asks = { run: 16, twice: 3, full: 1, pause: 1, cancel: 1, resume: 1, backfill: 2, replay: 1 };

/** Sends commands to all collectors until the signal aborts: live runs again and again, and backfills beside them. */
export async function keepAsking(world: World, random: Random, signal: AbortSignal): Promise<void> {
  // One backfill is under way from the start.
  await askBackfill(world, random);
  while (!signal.aborted) {
    await ask(world, random);
    await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
}

async function ask(world: World, random: Random): Promise<void> {
  const collector = random.pick(collectors);
  switch (random.weighted(asks)) {
    case 'run':
      await command(world, 'run', collector);
      break;
    case 'twice': {
      const payload = { runId: crypto.randomUUID() };
      await Promise.all([
        command(world, 'run', collector, payload),
        command(world, 'run', collector, payload),
      ]);
      break;
    }
    case 'full':
      await command(world, 'run', collector, { mode: 'full' });
      break;
    case 'pause':
      await command(world, 'pause', collector);
      await delay(random.between(100, 1_500));
      await command(world, 'resume', collector);
      break;
    case 'cancel':
      await command(world, 'cancel', collector);
      break;
    case 'resume':
      // A resume may have got lost with a server.
      for (const each of collectors) await command(world, 'resume', each);
      break;
    case 'backfill':
      await askBackfill(world, random);
      break;
    case 'replay':
      // Nobody has mended them: what is not outdated is refused again.
      await command(world, 'replay', 'parcels', { all: true });
      break;
  }
}

async function askBackfill(world: World, random: Random): Promise<void> {
  const collector = random.pick(['events', 'flaky'] as const);
  await command(world, 'run', collector, {
    mode: 'backfill',
    window: backfillWindow(world.shop),
    overlap: 'skip',
  });
}
