import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitFor } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import {
  cleanUpAfterCrash,
  identifyProcess,
  readStack,
  startNats,
  startPostgres,
  startProcess,
  writeStack,
  type ProcessIdentity,
} from '../src/index.ts';
import { countMessages, makeStream, natsBinary, query, temporaryFolder } from './servers.ts';

interface Told {
  readonly databaseUrl: string;
  readonly postgresPid: number;
  readonly natsUrl: string;
  readonly natsPid: number;
}

async function startAndKill(folder: string, use: (told: Told) => Promise<void>): Promise<Told> {
  const lines: string[] = [];
  const starter = await startProcess({
    name: 'starter',
    command: process.execPath,
    args: [fileURLToPath(new URL('start-servers.ts', import.meta.url)), folder, await natsBinary()],
    cwd: folder,
    env: process.env,
    onLine: (line) => lines.push(line),
  });
  const line = await waitFor(() => lines[0], { what: 'the addresses of the servers' });
  const told = JSON.parse(line) as Told;
  await use(told);
  starter.kill('SIGKILL');
  expect(await starter.exited).toEqual({ code: null, signal: 'SIGKILL' });
  return told;
}

function living(pid: number): ProcessIdentity {
  const identity = identifyProcess(pid);
  if (identity === undefined) throw new Error(`process ${pid} is gone`);
  return identity;
}

test('after kill -9 of the starter a second start ends its servers and keeps their data', async () => {
  using folder = temporaryFolder();
  const told = await startAndKill(folder.path, async ({ databaseUrl, natsUrl }) => {
    await query(databaseUrl, 'create table kept (id int)');
    await makeStream(natsUrl, 'KEPT');
  });
  expect(identifyProcess(told.postgresPid)).toBeDefined();
  expect(identifyProcess(told.natsPid)).toBeDefined();

  await using postgres = await startPostgres({
    folder: join(folder.path, 'postgres'),
    log: () => undefined,
  });
  await using nats = await startNats({
    binary: await natsBinary(),
    storeFolder: join(folder.path, 'nats'),
  });

  expect(identifyProcess(told.postgresPid)).toBeUndefined();
  expect(identifyProcess(told.natsPid)).toBeUndefined();
  expect(await query(postgres.url, 'select count(*)::int as n from kept')).toEqual([{ n: 0 }]);
  expect(await countMessages(nats.url, 'KEPT')).toBe(1);
});

test('clean-up ends what the stack file names, but nothing that only has its number', async () => {
  using folder = temporaryFolder();
  const told = await startAndKill(folder.path, async () => undefined);
  const [postgres, nats] = [living(told.postgresPid), living(told.natsPid)];
  const gone = { pid: process.pid, startedAt: 'at another time', command: 'another' };
  writeStack(folder.path, {
    databaseUrl: told.databaseUrl,
    natsUrl: told.natsUrl,
    addresses: {},
    owner: gone,
    processes: [
      { ...postgres, name: 'postgres' },
      { ...gone, name: 'not ours' },
      { ...nats, name: 'nats' },
    ],
  });

  expect(await cleanUpAfterCrash(folder.path)).toEqual(['nats', 'postgres']);

  expect(identifyProcess(told.postgresPid)).toBeUndefined();
  expect(identifyProcess(told.natsPid)).toBeUndefined();
  expect(readStack(folder.path)).toBeUndefined();
});

test('clean-up refuses while the owner of the stack is alive', async () => {
  using folder = temporaryFolder();
  const owner = await startProcess({
    name: 'owner',
    command: process.execPath,
    args: ['-e', 'setInterval(() => undefined, 60_000)'],
    cwd: folder.path,
    env: process.env,
    onLine: () => undefined,
  });
  const addresses = { databaseUrl: 'postgres://x', natsUrl: 'nats://x', addresses: {} };
  writeStack(folder.path, { ...addresses, owner: living(owner.pid), processes: [] });

  await expect(cleanUpAfterCrash(folder.path)).rejects.toThrow(
    `running already (process ${owner.pid})`,
  );

  expect(await owner.stop(5_000)).toEqual({ code: null, signal: 'SIGTERM' });
  expect(await cleanUpAfterCrash(folder.path)).toEqual([]);
});
