const [TAB, NEWLINE] = [9, 10];
/** Longer runs are copied by the engine, shorter ones faster by hand. */
const LONG_BYTES = 64;

/** COPY text as it grows. */
export class CopyWriter {
  #out: Buffer;
  #at = 0;
  #marked = 0;

  /** A line is seldom longer than its JSON, which has the names too. */
  constructor(json: Uint8Array) {
    this.#out = Buffer.allocUnsafeSlow(json.length + 1_024);
  }

  /** Remembers where a line begins. */
  mark(): void {
    this.#marked = this.#at;
  }

  /** Forgets what was written since the mark. */
  reset(): void {
    this.#at = this.#marked;
  }

  bytes(source: Uint8Array, from: number, to: number): void {
    this.#makeRoom(to - from);
    const out = this.#out;
    let at = this.#at;
    if (to - from > LONG_BYTES) {
      out.set(source.subarray(from, to), at);
      at += to - from;
    } else {
      for (let place = from; place < to; place += 1) {
        out[at] = source[place] ?? 0;
        at += 1;
      }
    }
    this.#at = at;
  }

  text(text: string): void {
    this.#makeRoom(text.length * 3);
    this.#at += this.#out.write(text, this.#at);
  }

  /** Ends a field, or with the last one its line. */
  end(isLast: boolean): void {
    this.#makeRoom(1);
    this.#out[this.#at] = isLast ? NEWLINE : TAB;
    this.#at += 1;
  }

  written(): Buffer {
    return this.#out.subarray(0, this.#at);
  }

  #makeRoom(bytes: number): void {
    if (this.#at + bytes <= this.#out.length) return;
    const larger = Buffer.allocUnsafeSlow((this.#at + bytes) * 2);
    this.#out.copy(larger, 0, 0, this.#at);
    this.#out = larger;
  }
}
