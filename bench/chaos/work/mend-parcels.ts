import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { startProcess } from '@tidemark/local';
import { badState, goodStates } from '../source/parcels.ts';
import { parcelConstraint, parcelsYaml } from '../world/definitions.ts';
import type { World } from '../world/start-world.ts';
import { UnfinishedError } from './run-to-the-end.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const ASK_EVERY_MS = 100;

/** Takes away what made parcels bad, and replays their dead letters as a person does; gives the run that did it. */
export async function mendParcels(world: World, deadlineMs: number): Promise<string> {
  const endsMs = performance.now() + deadlineMs;
  const before = await revisionOf(world);
  const yaml = parcelsYaml(world.shop, world, [...goodStates, badState]);
  // Outside of the folder until it is whole.
  const draft = join(world.folder, 'parcels.yaml');
  await writeFile(draft, yaml);
  await rename(draft, join(world.definitions, 'parcels.yaml'));
  await world.pool.query(`alter table public.parcels drop constraint ${parcelConstraint}`);
  while ((await revisionOf(world)) === before) {
    if (performance.now() > endsMs) throw new UnfinishedError('a changed definition was not taken');
    await delay(ASK_EVERY_MS);
  }
  const runId = crypto.randomUUID();
  await replay(world, runId);
  return runId;
}

async function revisionOf({ pool }: World): Promise<string | undefined> {
  const { rows } = await pool.query<{ revision: string }>(
    `select revision from tidemark.collectors where name = 'parcels'`,
  );
  return rows[0]?.revision;
}

async function replay({ postgres, nats }: World, runId: string): Promise<void> {
  const said: string[] = [];
  const args = ['dead-letters', 'replay', '--collector', 'parcels', '--run-id', runId, '--wait'];
  const cli = await startProcess({
    name: 'tidemark',
    command: process.execPath,
    args: [join(root, 'cli', 'src', 'main.ts'), ...args, '--json'],
    cwd: root,
    env: { PATH: process.env['PATH'], DATABASE_URL: postgres.url, NATS_URL: nats.url },
    onLine: (line) => void said.push(line),
  });
  const { code } = await cli.exited;
  if (code !== 0) throw new UnfinishedError(`the replay ended with ${code}: ${said.join(' ')}`);
}
