import { fileURLToPath } from 'node:url';
import {
  findNatsServer,
  readAddresses,
  startPostgres,
  type Addresses,
  type PostgresVersion,
} from '@tidemark/local';
import type { TestProject } from 'vitest/node';
import { startPostgresContainer, wantsContainers } from './containers.ts';
import { choosePostgresVersion } from './postgres-version.ts';
import { makeRunFolder, makeServerFolder, removeDeadRuns, removeRunFolder } from './run-folder.ts';
import { dropDatabase, makeTemplate } from './template.ts';
import type { TestServers } from './test-servers.ts';

const cacheFolder = fileURLToPath(new URL('../../../.tidemark/tools', import.meta.url));

interface Admin {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts what all tests of a run share, and gives the function that ends it. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const addresses = readAddresses(process.env);
  await removeDeadRuns();
  const runFolder = makeRunFolder();
  const ends: (() => Promise<void>)[] = [async () => removeRunFolder(runFolder)];
  const end = async (): Promise<void> => {
    for (const each of ends.toReversed()) await each();
  };
  try {
    const nats = await findNats(addresses);
    const postgresVersion = choosePostgresVersion(process.env, nats);
    const admin = await findAdmin(addresses, runFolder, postgresVersion);
    ends.push(async () => admin.stop());
    const template = await makeTemplate(admin.url);
    ends.push(async () => dropDatabase(admin.url, template));
    project.provide('tidemark', {
      runFolder,
      adminUrl: admin.url,
      template,
      postgresVersion,
      nats,
    });
    return end;
  } catch (error) {
    await end();
    throw error;
  }
}

async function findAdmin(
  addresses: Addresses,
  runFolder: string,
  version: PostgresVersion,
): Promise<Admin> {
  if (addresses.databaseUrl !== undefined) {
    return { url: addresses.databaseUrl, stop: async () => undefined };
  }
  if (wantsContainers(process.env)) return startPostgresContainer();
  const server = await startPostgres({
    folder: makeServerFolder(runFolder, 'postgres'),
    version,
    fsync: false,
    settings: { max_connections: '300' },
    log,
  });
  return { url: server.url, stop: async () => server.stop() };
}

async function findNats(addresses: Addresses): Promise<TestServers['nats']> {
  if (addresses.natsUrl !== undefined) return { kind: 'external', url: addresses.natsUrl };
  if (wantsContainers(process.env)) return { kind: 'container' };
  try {
    return { kind: 'binary', binary: await findNatsServer({ cacheFolder, log }) };
  } catch (error) {
    // Tests that need no NATS can still run; the others tell why they cannot.
    return { kind: 'missing', problem: error instanceof Error ? error.message : String(error) };
  }
}

function log(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}
