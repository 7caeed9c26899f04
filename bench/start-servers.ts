import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  findNatsServer,
  startNats,
  startPostgres,
  type NatsServer,
  type PostgresServer,
} from '@tidemark/local';

export const root = join(import.meta.dirname, '..');

/** Servers with their own defaults, and the folder that holds all they write; both are gone when it is disposed. */
export interface BenchServers extends AsyncDisposable {
  readonly folder: string;
  readonly postgres: PostgresServer;
  readonly nats: NatsServer;
}

/** Starts PostgreSQL and NATS in a new folder. */
export async function startServers(log: (line: string) => void): Promise<BenchServers> {
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-bench-'));
  opened.defer(() => rm(folder, { recursive: true, force: true }));
  // Else PostgreSQL, which root runs as somebody else, keeps its data where nobody removes it.
  await chmod(folder, 0o755);
  const binary = await findNatsServer({ cacheFolder: join(root, '.tidemark', 'tools'), log });
  const postgres = await startPostgres({ folder: join(folder, 'postgres'), log });
  opened.defer(() => postgres.stop());
  const nats = await startNats({ binary, storeFolder: join(folder, 'nats') });
  opened.defer(() => nats.stop());
  const owned = opened.move();
  return { folder, postgres, nats, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
