/** Numbers that look random and are the same for the same seed: mulberry32. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** At least 0, less than 1. */
  next(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.next() * (most - least + 1));
  }

  chance(share: number): boolean {
    return this.next() < share;
  }

  pick<T>(of: readonly T[]): T {
    const picked = of[Math.floor(this.next() * of.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }

  /** One of the keys, as often as its weight says. */
  weighted<Key extends string>(weights: Readonly<Record<Key, number>>): Key {
    const entries = Object.entries(weights) as [Key, number][];
    let left = this.next() * entries.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [key, weight] of entries) {
      left -= weight;
      if (left < 0) return key;
    }
    throw new Error('nothing to pick from');
  }
}

/** Deals each card once, in a random order, and then all of them again: nothing that is asked for often enough is left out. */
export class Deck<Card> {
  readonly #random: Random;
  readonly #cards: readonly Card[];
  #left: Card[] = [];

  constructor(random: Random, cards: readonly Card[]) {
    this.#random = random;
    this.#cards = cards;
  }

  /** A deck with each key as often as its weight says. */
  static of<Key extends string>(random: Random, weights: Readonly<Record<Key, number>>): Deck<Key> {
    const entries = Object.entries(weights) as [Key, number][];
    return new Deck(
      random,
      entries.flatMap(([key, weight]) => Array.from({ length: weight }, () => key)),
    );
  }

  deal(): Card {
    if (this.#left.length === 0) this.#left = [...this.#cards];
    const [card] = this.#left.splice(this.#random.between(0, this.#left.length - 1), 1);
    if (card === undefined) throw new Error('nothing to deal');
    return card;
  }
}
