import type { PostgresVersion } from '@tidemark/local';
import { inject } from 'vitest';

/** What the set-up of a test run tells its tests. */
export interface TestServers {
  readonly runFolder: string;
  /** A database from which others can be created and dropped. */
  readonly adminUrl: string;
  /** The migrated database that fresh ones are copies of. */
  readonly template: string;
  /** What a test that wants a PostgreSQL of its own gets. */
  readonly postgresVersion: PostgresVersion;
  readonly nats:
    | { readonly kind: 'binary'; readonly binary: string }
    | { readonly kind: 'external'; readonly url: string }
    | { readonly kind: 'container' }
    | { readonly kind: 'missing'; readonly problem: string };
}

declare module 'vitest' {
  interface ProvidedContext {
    tidemark: TestServers;
  }
}

/** Gives the servers of this test run; only tests named `*.int.test.ts` and `*.e2e.test.ts` have them. */
export function testServers(): TestServers {
  return inject('tidemark');
}
