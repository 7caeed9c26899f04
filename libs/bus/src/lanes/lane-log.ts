import type { ErrorCode } from '@tidemark/contracts';
import type { Logger } from '@tidemark/runtime';
import type { Outcome } from './outcome.ts';
import type { Message } from './message.ts';

/** A source that asks to wait, or a stage that is slower, is everyday life. */
const quietCodes = new Set<ErrorCode>(['SOURCE_THROTTLED', 'BUS_FULL']);

/** Says once that something is waited for, and once that it is over, however many messages wait for it. */
export class LaneLog {
  readonly #logger: Logger;
  readonly #troubles = new Set<ErrorCode>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** One message took one turn. */
  outcome(msg: Message, outcome: Outcome): void {
    const fields = placeOf(msg);
    switch (outcome.kind) {
      case 'ack':
        this.#recovered();
        break;
      case 'wait':
        this.#waits(fields, outcome);
        break;
      case 'end': {
        const { error } = outcome;
        this.#logger.error({ ...fields, code: error.code, err: error }, 'a message fails for good');
        break;
      }
      case 'again':
        this.#logger.error({ ...fields, err: outcome.error }, 'a message could not be handled');
        break;
      case 'release':
        this.#logger.debug({ ...fields, outcome: outcome.kind }, 'a message goes back');
        break;
    }
  }

  #waits(fields: object, { error, delayMs }: Extract<Outcome, { kind: 'wait' }>): void {
    const isNews = !this.#troubles.has(error.code) && !quietCodes.has(error.code);
    const level = isNews ? 'warn' : 'debug';
    if (isNews) this.#troubles.add(error.code);
    this.#logger[level]({ ...fields, code: error.code, delayMs, err: error }, 'waiting');
  }

  #recovered(): void {
    if (this.#troubles.size === 0) return;
    this.#logger.info({ codes: [...this.#troubles] }, 'work goes on after waiting');
    this.#troubles.clear();
  }
}

function placeOf(msg: Message): object {
  return { subject: msg.subject, streamSeq: msg.streamSeq, deliveries: msg.deliveries };
}
