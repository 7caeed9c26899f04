import { execFileSync } from 'node:child_process';
import type { PostgresVersion } from '@tidemark/local';
import type { TestServers } from './test-servers.ts';

/**
 * Which PostgreSQL the tests run on: the one that is asked for, else the one that Debian carries beside the nats-server that
 * was found: 15 beside 2.9, and the newest beside newer ones.
 */
export function choosePostgresVersion(
  env: NodeJS.ProcessEnv,
  nats: TestServers['nats'],
): PostgresVersion {
  switch (env['TIDEMARK_TEST_POSTGRES']) {
    case '15':
      return 15;
    case '18':
      return 18;
    case undefined:
    case '':
      return nats.kind === 'binary' && /v2\.9\./.test(versionOf(nats.binary)) ? 15 : 18;
    default:
      throw new Error('TIDEMARK_TEST_POSTGRES is neither 15 nor 18.');
  }
}

function versionOf(natsServer: string): string {
  return execFileSync(natsServer, ['--version'], { encoding: 'utf8' });
}
