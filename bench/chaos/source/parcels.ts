import type { Random } from '../random.ts';

/** A parcel as the source has it, or had it. */
export interface Parcel {
  readonly id: string;
  /** Microseconds since 1970. */
  readonly atUs: bigint;
  readonly amount: string;
  readonly state: string;
}

/** What a rule of the collector refuses, and what a constraint of its target does; nothing where the parcel is good. */
export type Flaw = 'rule' | 'constraint';

export const goodStates = ['sent', 'arrived'] as const;
export const badState = 'lost';
const SHARE_OF_BAD = { rule: 0.12, constraint: 0.06 };

export function flawOf({ state, amount }: Parcel): Flaw | undefined {
  if (state === badState) return 'rule';
  return amount.startsWith('-') ? 'constraint' : undefined;
}

/** Parcels of which some are bad, whatever was before: good ones turn bad, and bad ones good. Every content is kept. */
export class Parcels {
  readonly #contents = new Map<string, Parcel[]>();
  readonly #random: Random;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Adds a parcel, or gives one that there is another content. */
  put(id: string, atUs: bigint): void {
    const random = this.#random;
    const state = random.chance(SHARE_OF_BAD.rule) ? badState : random.pick(goodStates);
    const sign = random.chance(SHARE_OF_BAD.constraint) ? '-' : '';
    const amount = `${sign}${random.between(1, 9_999)}.${random.between(10, 99)}`;
    const earlier = this.#contents.get(id) ?? [];
    this.#contents.set(id, [...earlier, { id, atUs, amount, state }]);
  }

  ids(): string[] {
    return [...this.#contents.keys()];
  }

  /** What the source holds now. */
  current(): Parcel[] {
    return [...this.#contents.values()].flatMap((contents) => contents.at(-1) ?? []);
  }

  /** What it holds, and what it held before. */
  everything(): Parcel[] {
    return [...this.#contents.values()].flat();
  }

  /** Whether a parcel has never been bad. */
  isSound(id: string): boolean {
    return this.#contents.get(id)?.some(flawOf) === false;
  }
}
