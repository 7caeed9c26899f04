export { decodeBody, encodeBody, type EncodedBody } from './body.ts';
export { type Bus, type BusOptions, connectBus } from './connect-bus.ts';
export { createDefinitions, type Definitions, putDefinition } from './definitions.ts';
export { createCompany, type Company } from './lanes/company.ts';
export { createGate, type Gate } from './lanes/gate.ts';
export type { Message } from './lanes/message.ts';
export { type Lanes, type LanesOptions, startLanes } from './lanes/start-lanes.ts';
export { hearEvents } from './hear-events.ts';
export { messagesOfRun } from './messages-of-run.ts';
export {
  type CollectorProvision,
  provision,
  provisionCollector,
  type ProvisionSettings,
} from './provision.ts';
export { readTlsFiles, type TlsFiles } from './tls-files.ts';
export { type Publication, publish } from './publish.ts';
export { publishEvent } from './publish-event.ts';
export { type BatchRoute, publishBatch, publishTask } from './publish-work.ts';
export {
  consumerOf,
  DEFINITIONS_BUCKET,
  extractConsumerOf,
  stageConsumers,
  streamOf,
  streams,
  subjectTemplate,
} from './topology.ts';
export { hearTimeline, tellTimeline, type Heard } from './timeline.ts';
export { type ConsumerPlace, waitForTopology } from './wait-for-topology.ts';
