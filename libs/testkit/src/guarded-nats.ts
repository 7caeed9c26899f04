import { fileURLToPath } from 'node:url';
import { findNatsServer, startNats, type NatsServer } from '@tidemark/local';
import { makeServerFolder } from './run-folder.ts';
import { testServers } from './test-servers.ts';

const root = new URL('../../../', import.meta.url);

const users = ['watermark', 'extractor', 'transformer', 'loader', 'cli'] as const;
export type NatsUser = (typeof users)[number];

/** What of a guarded nats-server a test may choose. */
export interface GuardedNatsOptions {
  readonly passwords?: Partial<Record<NatsUser, string>>;
  /** Speaks TLS, with these files. */
  readonly tls?: { readonly certFile: string; readonly keyFile: string };
}

/** A nats-server that lets nobody in but the users of deploy/nats.conf. */
export interface GuardedNats {
  readonly server: NatsServer;
  /** Where it logs. */
  readonly storeFolder: string;
  passwordOf(user: NatsUser): string;
  /** The address with user and password; of another host or port where the way leads over those. */
  urlOf(user: NatsUser, port?: number): string;
}

/** Starts an empty nats-server with the very configuration that is deployed. Always one of our own: no other can be given users. */
export async function guardedNats(options: GuardedNatsOptions = {}): Promise<GuardedNats> {
  const { tls, passwords = {} } = options;
  const passwordOf = (user: NatsUser): string => passwords[user] ?? `password-of-${user}`;
  const { nats, runFolder } = testServers();
  const storeFolder = makeServerFolder(runFolder, 'nats');
  const server = await startNats({
    binary: nats.kind === 'binary' ? nats.binary : await findBinary(),
    storeFolder,
    // The file has a port for it, which may be taken here.
    monitor: true,
    configFile: fileURLToPath(new URL(tls ? 'deploy/nats-tls.conf' : 'deploy/nats.conf', root)),
    env: {
      ...Object.fromEntries(
        users.map((user) => [`TIDEMARK_NATS_${user.toUpperCase()}_PASSWORD`, passwordOf(user)]),
      ),
      ...(tls && {
        TIDEMARK_NATS_TLS_CERT_FILE: tls.certFile,
        TIDEMARK_NATS_TLS_KEY_FILE: tls.keyFile,
      }),
    },
  });
  const scheme = tls ? 'tls' : 'nats';
  const host = tls ? 'localhost' : '127.0.0.1';
  return {
    server,
    storeFolder,
    passwordOf,
    urlOf: (user, port = server.port) =>
      `${scheme}://${user}:${encodeURIComponent(passwordOf(user))}@${host}:${port}`,
  };
}

function findBinary(): Promise<string> {
  const cacheFolder = fileURLToPath(new URL('.tidemark/tools', root));
  return findNatsServer({ cacheFolder, log: () => undefined });
}
