import {
  AckPolicy,
  type ConsumerConfig,
  DeliverPolicy,
  DiscardPolicy,
  JetStreamApiError,
  ReplayPolicy,
  RetentionPolicy,
  StorageType,
  type StreamConfig,
} from '@nats-io/jetstream';
import { Kvm } from '@nats-io/kv';
import { nanos } from '@nats-io/nats-core';
import { runClasses } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { Bus } from './connect-bus.ts';
import {
  type ConsumerPlan,
  DEFINITIONS_BUCKET,
  TIMELINE_BUCKET,
  extractConsumerPlan,
  stageConsumers,
  type StreamPlan,
  streams,
} from './topology.ts';
import { isNotFound, whileAway } from './while-away.ts';

export interface ProvisionSettings {
  /** How much each RAW and LOAD stream holds before the stage in front of it has to wait. */
  readonly maxBytes: number;
  readonly replicas: number;
  /** How long a message stays with a process that says nothing. */
  readonly ackWaitMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface CollectorProvision {
  /** Pages in flight over all replicas, for each class. */
  readonly concurrency: number;
  readonly ackWaitMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Ids are remembered this long: longer than a publisher stays without an answer, and cheap in memory. */
const DUPLICATE_WINDOW_MS = 10 * 60_000;

/** Makes every stream, stage consumer and bucket what the settings say; again and at the same time elsewhere changes nothing. */
export async function provision(bus: Bus, settings: ProvisionSettings): Promise<void> {
  for (const plan of streams)
    await ensureStream(bus, streamConfig(plan, settings), settings.signal);
  for (const plan of stageConsumers) {
    await ensureConsumer(
      bus,
      plan.stream,
      consumerConfig(plan, settings.ackWaitMs),
      settings.signal,
    );
  }
  for (const bucket of [DEFINITIONS_BUCKET, TIMELINE_BUCKET]) {
    await ask(bus, bucket, settings.signal, () =>
      new Kvm(bus.js).create(bucket, { history: 1, replicas: settings.replicas }),
    );
    // One that is there is taken as it is.
    const copies = { name: `KV_${bucket}`, num_replicas: settings.replicas };
    await ensureStream(bus, copies, settings.signal);
  }
}

/** Makes the consumers of a collector's tasks, one per class, or adapts them to a changed concurrency. */
export async function provisionCollector(
  bus: Bus,
  collector: string,
  settings: CollectorProvision,
): Promise<void> {
  for (const runClass of runClasses) {
    const plan = extractConsumerPlan(collector, runClass, settings.concurrency);
    await ensureConsumer(
      bus,
      plan.stream,
      consumerConfig(plan, settings.ackWaitMs),
      settings.signal,
    );
  }
}

function streamConfig(plan: StreamPlan, settings: ProvisionSettings): StreamSettings {
  const sized = { none: -1, setting: settings.maxBytes };
  const isWork = plan.kind === 'work';
  return {
    name: plan.name,
    subjects: [...plan.subjects],
    retention: isWork ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    discard: isWork ? DiscardPolicy.New : DiscardPolicy.Old,
    storage: StorageType.File,
    num_replicas: settings.replicas,
    max_bytes: typeof plan.maxBytes === 'number' ? plan.maxBytes : sized[plan.maxBytes],
    max_age: nanos(plan.maxAgeMs ?? 0),
    duplicate_window: nanos(DUPLICATE_WINDOW_MS),
  };
}

type StreamSettings = Partial<StreamConfig> & Pick<StreamConfig, 'name'>;
type ConsumerSettings = Partial<ConsumerConfig> & { durable_name: string };

function consumerConfig(plan: ConsumerPlan, ackWaitMs: number): ConsumerSettings {
  return {
    durable_name: plan.name,
    ...(plan.filter === undefined ? {} : { filter_subject: plan.filter }),
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    replay_policy: ReplayPolicy.Instant,
    ack_wait: nanos(ackWaitMs),
    max_ack_pending: plan.maxAckPending,
    // Deliveries count crashes, and what crashes too often is ended by the lane, never lost by the server.
    max_deliver: -1,
  };
}

async function ensureStream(bus: Bus, wanted: StreamSettings, signal?: AbortSignal): Promise<void> {
  await ask(bus, wanted.name, signal, async () => {
    const found = await bus.jsm.streams.info(wanted.name).catch(unlessNotFound);
    if (!found) {
      await add(
        () => bus.jsm.streams.add(wanted),
        () => bus.jsm.streams.info(wanted.name),
      );
    } else if (differs(wanted, found.config)) {
      await bus.jsm.streams.update(wanted.name, { ...found.config, ...wanted });
    }
  });
}

async function ensureConsumer(
  bus: Bus,
  stream: string,
  wanted: ConsumerSettings,
  signal?: AbortSignal,
): Promise<void> {
  const name = wanted.durable_name;
  await ask(bus, `${stream} ${name}`, signal, async () => {
    const found = await bus.jsm.consumers.info(stream, name).catch(unlessNotFound);
    if (!found) {
      await add(
        () => bus.jsm.consumers.add(stream, wanted),
        () => bus.jsm.consumers.info(stream, name),
      );
    } else if (differs(wanted, found.config)) {
      await bus.jsm.consumers.update(stream, name, { ...found.config, ...wanted });
    }
  });
}

/** Asks until the server answers; its refusal of what we want is a setting that somebody has to correct. */
async function ask(
  bus: Bus,
  what: string,
  signal: AbortSignal | undefined,
  work: () => Promise<unknown>,
): Promise<void> {
  try {
    await whileAway(work, { what, logger: bus.logger, signal });
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    const reason = `NATS refuses ${what}: ${error.message} (${error.code})`;
    throw new TerminalError('CONFIG_INVALID', reason, { cause: error });
  }
}

function unlessNotFound(error: unknown): undefined {
  if (isNotFound(error)) return;
  throw error;
}

/** Adds what is not there. The server has several words for somebody else's having been quicker, so what is there then decides. */
async function add(make: () => Promise<unknown>, look: () => Promise<unknown>): Promise<void> {
  try {
    await make();
  } catch (error) {
    if (!(error instanceof JetStreamApiError)) throw error;
    if ((await look().catch(unlessNotFound)) === undefined) throw error;
  }
}

function differs(wanted: object, found: object): boolean {
  const there = new Map<string, unknown>(Object.entries(found));
  return Object.entries(wanted).some(
    ([key, value]) => JSON.stringify(there.get(key) ?? absent(key)) !== JSON.stringify(value),
  );
}

/** Servers leave out what has its zero value. */
function absent(key: string): unknown {
  return key === 'max_age' ? 0 : undefined;
}
