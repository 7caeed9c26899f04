import { type KV, Kvm } from '@nats-io/kv';
import { TransientError } from '@tidemark/runtime';
import type { Bus } from './connect-bus.ts';
import { TIMELINE_BUCKET } from './topology.ts';

const KEY = 'postgres';

/** What NATS has heard of something, and which word of it that was. */
export interface Heard {
  readonly content: unknown;
  readonly revision: number;
}

/** The last word of the database, undefined where there was none yet. */
export async function hearTimeline(bus: Bus): Promise<Heard | undefined> {
  return asking(async () => {
    const entry = await (await open(bus)).get(KEY);
    if (entry?.operation !== 'PUT') return undefined;
    return { content: entry.json<unknown>(), revision: entry.revision };
  });
}

/** Tells the next word of the database, unless somebody else has told one meanwhile; that one is as good. */
export async function tellTimeline(
  bus: Bus,
  content: object,
  after: Heard | undefined,
): Promise<void> {
  const text = JSON.stringify(content);
  await asking(async () => {
    const bucket = await open(bus);
    const told = after ? bucket.update(KEY, text, after.revision) : bucket.create(KEY, text);
    await told.catch(async (error: unknown) => {
      const entry = await bucket.get(KEY);
      if (entry === null || entry.revision === after?.revision) throw error;
    });
  });
}

async function open(bus: Bus): Promise<KV> {
  return new Kvm(bus.js).open(TIMELINE_BUCKET);
}

async function asking<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (cause) {
    throw new TransientError('BUS_UNAVAILABLE', 'cannot ask NATS for the timeline', { cause });
  }
}
