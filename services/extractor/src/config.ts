import { type BusOptions, readTlsFiles } from '@tidemark/bus';
import { readSecrets, type Secrets } from '@tidemark/collector-sdk/source';
import { readEnv } from '@tidemark/runtime';
import { z } from 'zod';

const schema = z.object({
  DATABASE_URL: z.string().min(1),
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  NATS_CA_FILE: z.string().optional(),
  NATS_CERT_FILE: z.string().optional(),
  NATS_KEY_FILE: z.string().optional(),
  TIDEMARK_HTTP_HOST: z.string().default('127.0.0.1'),
  TIDEMARK_HTTP_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
  TIDEMARK_ACK_WAIT_MS: z.coerce.number().int().positive().default(30_000),
  TIDEMARK_LANES: z.coerce.number().int().min(1).max(64).default(4),
  TIDEMARK_DISCOVERY_MS: z.coerce.number().int().positive().default(2_000),
  TIDEMARK_POISON_DELIVERIES: z.coerce.number().int().min(2).default(20),
});

export interface ExtractorConfig {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Certificates for NATS; TLS as the address has it when undefined. */
  readonly natsTls?: BusOptions['tls'];
  readonly httpHost: string;
  readonly httpPort: number;
  readonly ackWaitMs: number;
  /** Pages that this process works on at the same time, over all collectors. */
  readonly lanes: number;
  /** How often new collectors are looked for. */
  readonly discoveryMs: number;
  readonly poisonDeliveries: number;
  readonly secrets: Secrets;
}

/** The extractor's settings; every mistake is reported at once. */
export function readConfig(env: NodeJS.ProcessEnv): ExtractorConfig {
  const read = readEnv(schema, env);
  return {
    databaseUrl: read.DATABASE_URL,
    natsUrl: read.NATS_URL,
    natsTls: readTlsFiles(read),
    httpHost: read.TIDEMARK_HTTP_HOST,
    httpPort: read.TIDEMARK_HTTP_PORT,
    ackWaitMs: read.TIDEMARK_ACK_WAIT_MS,
    lanes: read.TIDEMARK_LANES,
    discoveryMs: read.TIDEMARK_DISCOVERY_MS,
    poisonDeliveries: read.TIDEMARK_POISON_DELIVERIES,
    secrets: readSecrets(env),
  };
}
