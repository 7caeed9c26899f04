export { readAddresses, type Addresses } from './addresses.ts';
export { freePort, isPortFree } from './free-port.ts';
export type { Log } from './log.ts';
export { unpackPackage, type DebianPackage } from './debian/unpack-package.ts';
export { downloadNatsServer, type Download } from './nats/download-nats-server.ts';
export { findNatsServer, type NatsSearch } from './nats/find-nats-server.ts';
export type { NatsServer } from './nats/nats-server.ts';
export { startNats, type NatsOptions } from './nats/start-nats.ts';
export type { PostgresVersion } from './postgres/find-binaries.ts';
export type { PostgresServer } from './postgres/postgres-server.ts';
export { startPostgres, type PostgresOptions } from './postgres/start-postgres.ts';
export { endProcess } from './processes/end-process.ts';
export {
  identifyProcess,
  isStillRunning,
  type ProcessIdentity,
} from './processes/process-identity.ts';
export {
  startProcess,
  type ProcessEnd,
  type ProcessOptions,
  type RunningProcess,
} from './processes/start-process.ts';
export {
  startRelay,
  type Relay,
  type RelayDirection,
  type RelayOptions,
} from './relay/start-relay.ts';
export { cleanUpAfterCrash } from './stack/clean-up-after-crash.ts';
export { endRecordedProcesses, forgetProcess, recordProcess } from './stack/process-records.ts';
export { readStack, removeStack, stateFolder, writeStack, type Stack } from './stack/stack-file.ts';
export { readLoudLine } from './services/read-loud-line.ts';
export {
  serviceNames,
  startService,
  type RunningService,
  type ServiceName,
  type ServiceOptions,
  serviceNodeOptions,
} from './services/start-service.ts';
