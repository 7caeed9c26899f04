import { startNats, type NatsOptions, type NatsServer } from '@tidemark/local';
import { startNatsContainer } from './containers.ts';
import { useExternalNats } from './external-nats.ts';
import { makeServerFolder } from './run-folder.ts';
import { testServers } from './test-servers.ts';

/** What of a nats-server a test may choose; only a server of our own heeds it. */
export type FreshNatsOptions = Pick<NatsOptions, 'monitor' | 'configLines'>;

/**
 * Starts an empty nats-server that one test has for itself: it may stop, kill and restart it. With NATS_URL that
 * server is used instead: it cannot be killed, and streams made on it are removed at `stop`.
 */
export async function freshNats(options: FreshNatsOptions = {}): Promise<NatsServer> {
  const { nats, runFolder } = testServers();
  switch (nats.kind) {
    case 'binary':
      return startNats({
        ...options,
        binary: nats.binary,
        storeFolder: makeServerFolder(runFolder, 'nats'),
      });
    case 'external':
      return useExternalNats(nats.url);
    case 'container':
      return startNatsContainer();
    case 'missing':
      throw new Error(nats.problem);
  }
}
