/** A seeded sequence of numbers; the same seed always gives the same sequence. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** In [0, 1). */
  fraction(): number {
    // A 32-bit mix of a counter (Weyl sequence): plenty for test content, and short.
    this.#state = (this.#state + 0x9e3779b9) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  }

  /** A whole number in [0, below). */
  whole(below: number): number {
    return Math.floor(this.fraction() * below);
  }

  /** True in this share of the calls; 0 never draws. */
  happens(share: number): boolean {
    return share > 0 && this.fraction() < share;
  }

  /** One of the values; throws when there is none. */
  pick<T>(values: readonly T[]): T {
    const picked = values[this.whole(values.length)];
    if (picked === undefined) throw new RangeError('nothing to pick from');
    return picked;
  }

  /** At most `count` different values, in the order they were drawn. */
  sample<T>(values: readonly T[], count: number): T[] {
    const rest = [...values];
    const drawn: T[] = [];
    while (drawn.length < count && rest.length > 0) {
      drawn.push(...rest.splice(this.whole(rest.length), 1));
    }
    return drawn;
  }
}
