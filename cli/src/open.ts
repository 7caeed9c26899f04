import { type Bus, connectBus } from '@tidemark/bus';
import { TransientError, createLogger } from '@tidemark/runtime';
import { Store } from '@tidemark/store';
import { findAddresses } from './config.ts';
import type { CliIo } from './cli-io.ts';

const CONNECT_MS = 5_000;

/** Opens PostgreSQL for reading what the services wrote. */
export function openStore(io: CliIo): Store {
  const url = findAddresses(io.env, io.folder).databaseUrl();
  return new Store({ url, name: 'tidemark-cli', maxConnections: 2, statementTimeoutMs: 15_000 });
}

/** Connects to NATS, or says within seconds that it is not there. */
export async function openBus(io: CliIo): Promise<Bus> {
  const addresses = findAddresses(io.env, io.folder);
  const url = addresses.natsUrl();
  const logger = createLogger('cli');
  logger.level = 'silent';
  const { promise: late, reject } = Promise.withResolvers<never>();
  const patience = new AbortController();
  const timer = setTimeout(() => {
    reject(natsIsAway(url));
    patience.abort();
  }, CONNECT_MS);
  try {
    return await Promise.race([
      connectBus({
        url,
        tls: addresses.natsTls,
        name: 'tidemark-cli',
        logger,
        signal: patience.signal,
      }),
      late,
    ]);
  } finally {
    clearTimeout(timer);
  }
}

function natsIsAway(url: string): TransientError {
  return new TransientError(
    'BUS_UNAVAILABLE',
    `NATS does not answer at ${hostOf(url)}: check NATS_URL, or whether \`npm start\` still runs.`,
  );
}

/** Host and port only: a URL may carry a password. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : 'the given address';
}
