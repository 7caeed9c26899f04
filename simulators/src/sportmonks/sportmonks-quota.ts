export type Entity = 'Fixture' | 'Season';

/** What is left of an entity's quota after a request. */
export interface Quota {
  resets_in_seconds: number;
  remaining: number;
  requested_entity: Entity;
}

const windowMs = 3_600_000;

/** Requests of each entity in a window of one hour, which starts with the first request to that entity. */
export class SportmonksQuotas {
  readonly #limit: number;
  readonly #clock: () => number;
  readonly #windows = new Map<Entity, { startMs: number; used: number }>();

  constructor(limit: number, clock: () => number) {
    this.#limit = limit;
    this.#clock = clock;
  }

  /** Counts a request; undefined when the quota is used up. */
  take(entity: Entity): Quota | undefined {
    const nowMs = this.#clock();
    const open = this.#windows.get(entity);
    const window = open && nowMs < open.startMs + windowMs ? open : { startMs: nowMs, used: 0 };
    this.#windows.set(entity, window);
    if (window.used >= this.#limit) return undefined;
    window.used += 1;
    return {
      resets_in_seconds: Math.ceil((window.startMs + windowMs - nowMs) / 1_000),
      remaining: this.#limit - window.used,
      requested_entity: entity,
    };
  }
}
