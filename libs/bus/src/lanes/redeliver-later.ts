/** Thrown by a handler that wants its message back once, after that long, instead of holding it. */
export class RedeliverLater extends Error {
  override readonly name = 'RedeliverLater';
  readonly delayMs: number;

  constructor(delayMs: number, why: string) {
    super(why);
    this.delayMs = delayMs;
  }
}
