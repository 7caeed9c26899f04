import { readTlsFiles } from '@tidemark/bus';
import { readEnv } from '@tidemark/runtime';
import { z } from 'zod';

const milliseconds = z.coerce.number().int().positive();

const schema = z.object({
  DATABASE_URL: z.string().min(1),
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  NATS_CA_FILE: z.string().optional(),
  NATS_CERT_FILE: z.string().optional(),
  NATS_KEY_FILE: z.string().optional(),
  TIDEMARK_HTTP_HOST: z.string().default('127.0.0.1'),
  TIDEMARK_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  TIDEMARK_COLLECTORS_DIR: z.string().optional(),
  TIDEMARK_ACK_WAIT_MS: milliseconds.default(30_000),
  TIDEMARK_LANES: z.coerce.number().int().min(1).max(64).default(4),
  TIDEMARK_POISON_DELIVERIES: z.coerce.number().int().min(3).default(20),
  TIDEMARK_SWEEP_MS: milliseconds.default(5_000),
  TIDEMARK_LOST_AFTER_MS: milliseconds.default(60_000),
  TIDEMARK_PROVISION_MS: milliseconds.default(30_000),
  TIDEMARK_SCHEDULE_LOOKBACK_MS: milliseconds.default(3_600_000),
  TIDEMARK_RETENTION_DAYS: z.coerce.number().positive().default(30),
  TIDEMARK_RETENTION_EVERY_MS: milliseconds.default(60_000),
  TIDEMARK_STREAM_MAX_BYTES: z.coerce.number().int().positive().default(268_435_456),
  TIDEMARK_STREAM_REPLICAS: z.coerce.number().int().min(1).max(5).default(1),
});

export type WatermarkConfig = ReturnType<typeof readConfig>;

/** The settings of this service; throws with every mistake at once. */
export function readConfig(env: NodeJS.ProcessEnv) {
  const settings = readEnv(schema, env);
  return {
    databaseUrl: settings.DATABASE_URL,
    natsUrl: settings.NATS_URL,
    natsTls: readTlsFiles(settings),
    httpHost: settings.TIDEMARK_HTTP_HOST,
    httpPort: settings.TIDEMARK_HTTP_PORT,
    /** Folder of YAML definitions; none when absent. */
    collectorsFolder: settings.TIDEMARK_COLLECTORS_DIR,
    ackWaitMs: settings.TIDEMARK_ACK_WAIT_MS,
    lanes: settings.TIDEMARK_LANES,
    poisonDeliveries: settings.TIDEMARK_POISON_DELIVERIES,
    /** How often runs, commands, schedules and definitions are looked at when no event says so earlier. */
    sweepMs: settings.TIDEMARK_SWEEP_MS,
    /** A chunk is asked about only when it was released longer ago than that. */
    lostAfterMs: settings.TIDEMARK_LOST_AFTER_MS,
    /** How often streams, consumers and published definitions are made again if they vanished. */
    provisionMs: settings.TIDEMARK_PROVISION_MS,
    /** A tick that was missed longer ago than that is not made up for. */
    scheduleLookbackMs: settings.TIDEMARK_SCHEDULE_LOOKBACK_MS,
    /** Chunks, pages, ledger and dead letters of runs that ended longer ago are removed. */
    retentionDays: settings.TIDEMARK_RETENTION_DAYS,
    retentionEveryMs: settings.TIDEMARK_RETENTION_EVERY_MS,
    streamMaxBytes: settings.TIDEMARK_STREAM_MAX_BYTES,
    streamReplicas: settings.TIDEMARK_STREAM_REPLICAS,
  } as const;
}

/** All that bringing the database up to date needs. */
export function readDatabaseUrl(env: NodeJS.ProcessEnv): string {
  return readEnv(schema.pick({ DATABASE_URL: true }), env).DATABASE_URL;
}
