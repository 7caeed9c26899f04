import { type KV, Kvm } from '@nats-io/kv';
import { TransientError } from '@tidemark/runtime';
import type { Bus } from './connect-bus.ts';
import { DEFINITIONS_BUCKET } from './topology.ts';

export interface Definitions {
  /** The definition of a collector at a revision, as its publisher wrote it. */
  get(name: string, revision: string): Promise<unknown>;
}

/** A revision names its content, so what was read once is never asked for again. */
const MOST_CACHED = 500;

/** Publishes a definition under its revision; the same one again changes nothing. */
export async function putDefinition(
  bus: Bus,
  name: string,
  revision: string,
  json: string,
): Promise<void> {
  try {
    const bucket = await new Kvm(bus.js).open(DEFINITIONS_BUCKET);
    const known = await bucket.get(keyOf(name, revision));
    if (known?.operation !== 'PUT') await bucket.put(keyOf(name, revision), json);
  } catch (cause) {
    throw new TransientError('BUS_UNAVAILABLE', `cannot publish definition ${name} ${revision}`, {
      cause,
    });
  }
}

/** Definitions as the services read them, each asked for once. */
export function createDefinitions(bus: Bus): Definitions {
  const known = new Map<string, unknown>();
  let bucket: KV | undefined;
  return {
    async get(name, revision) {
      const key = keyOf(name, revision);
      const cached = known.get(key);
      if (cached !== undefined) return cached;
      bucket ??= await openBucket(bus, key);
      const definition = await readDefinition(bucket, key);
      const [oldest] = known.keys();
      if (known.size >= MOST_CACHED && oldest !== undefined) known.delete(oldest);
      known.set(key, definition);
      return definition;
    },
  };
}

/** A server that does not answer now is waited for, like one that goes away a moment later. */
async function openBucket(bus: Bus, key: string): Promise<KV> {
  return new Kvm(bus.js).open(DEFINITIONS_BUCKET).catch((cause: unknown) => {
    throw new TransientError('DEFINITION_MISSING', `definition ${key} cannot be read now`, {
      cause,
    });
  });
}

async function readDefinition(bucket: KV, key: string): Promise<unknown> {
  const entry = await bucket.get(key).catch((cause: unknown) => {
    throw new TransientError('DEFINITION_MISSING', `definition ${key} cannot be read now`, {
      cause,
    });
  });
  if (entry?.operation === 'PUT') return entry.json<unknown>();
  throw new TransientError('DEFINITION_MISSING', `definition ${key} is not published yet`, {
    retryAfterMs: 1_000,
  });
}

function keyOf(name: string, revision: string): string {
  return `${name}.${revision}`;
}
