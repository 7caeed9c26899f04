import type { Bus, Lanes } from '@tidemark/bus';
import { sleep } from '@tidemark/runtime';
import { findCollectors, type CollectorConsumer } from './find-collectors.ts';
import { logger } from './logger.ts';

/** Opens the lanes of a collector's consumer. */
export type OpenLanes = (consumer: CollectorConsumer) => Lanes;

/** Lanes for every collector there is, and for those that appear later. */
export class CollectorLanes implements AsyncDisposable {
  readonly #bus: Bus;
  readonly #open: OpenLanes;
  readonly #lookEveryMs: number;
  readonly #lanes = new Map<string, Lanes>();
  readonly #stop = new AbortController();
  readonly #looking: Promise<void>;
  #hasLooked = false;

  constructor(bus: Bus, open: OpenLanes, lookEveryMs: number) {
    this.#bus = bus;
    this.#open = open;
    this.#lookEveryMs = lookEveryMs;
    this.#looking = this.#look();
  }

  /** Whether the streams were there at least once. */
  get hasLooked(): boolean {
    return this.#hasLooked;
  }

  /** Takes no new pages and waits for those in hand. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort(new Error('the extractor stops'));
    await this.#looking;
    await Promise.all([...this.#lanes.values()].map(async (lanes) => lanes.stop()));
  }

  async #look(): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      try {
        for (const consumer of await findCollectors(this.#bus)) this.#ensure(consumer);
        this.#hasLooked = true;
      } catch (error) {
        // The planner has not made the streams yet, or NATS is away: readiness tells, the next look finds them.
        logger.debug({ err: error }, 'collectors not found');
      }
      await sleep(this.#lookEveryMs, signal).catch(() => undefined);
    }
  }

  #ensure(consumer: CollectorConsumer): void {
    const key = `${consumer.stream} ${consumer.consumer}`;
    if (this.#lanes.has(key) || this.#stop.signal.aborted) return;
    this.#lanes.set(key, this.#open(consumer));
    logger.debug({ ...consumer }, 'collector found');
  }
}
