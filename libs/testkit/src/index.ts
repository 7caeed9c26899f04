export type { NatsServer, PostgresServer } from '@tidemark/local';
export {
  serviceNodeOptions,
  startRelay,
  type Relay,
  type RelayDirection,
  type RelayOptions,
} from '@tidemark/local';
export { mutatedLetters, type Letter, type MutatedLetter } from './mutate-message.ts';
export { freshDatabase, type FreshDatabase } from './fresh-database.ts';
export { freshNats, type FreshNatsOptions } from './fresh-nats.ts';
export { freshPostgres, type FreshPostgresOptions } from './fresh-postgres.ts';
export {
  guardedNats,
  type GuardedNats,
  type GuardedNatsOptions,
  type NatsUser,
} from './guarded-nats.ts';
export { makeServiceRoles, type RoleUrls, type ServiceRole } from './service-roles.ts';
export {
  otherAuthority,
  testAuthority,
  testServerCertificate,
  testServerKey,
} from './test-certificates.ts';
export { testServers, type TestServers } from './test-servers.ts';
export { waitFor, type WaitOptions } from './wait-for.ts';
