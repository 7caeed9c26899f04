export type { NatsServer, PostgresServer } from '@tidemark/local';
export { freshDatabase, type FreshDatabase } from './fresh-database.ts';
export { freshNats, type FreshNatsOptions } from './fresh-nats.ts';
export { freshPostgres, type FreshPostgresOptions } from './fresh-postgres.ts';
export { startRelay, type Relay, type RelayDirection, type RelayOptions } from './start-relay.ts';
export { testServers, type TestServers } from './test-servers.ts';
export { waitFor, type WaitOptions } from './wait-for.ts';
