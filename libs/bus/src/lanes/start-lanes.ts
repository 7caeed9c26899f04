/**
 * The consume loop, and the only place that acks. A lane pulls one message when the gate has room, keeps it by telling the
 * server that it is in work, runs the handler, and does what its ending means (`outcome.ts`). Waiting happens here, in
 * place, outside the gate: it costs nobody a place and no delivery. While one waits its lane goes on with others, up to a
 * bound, so that a locked table or a slow source does not stop everybody else. A lane never ends by an error; it pulls again.
 */
import type { Consumer, JsMsg } from '@nats-io/jetstream';
import { backoffMs, type Logger, sleep, type TerminalError } from '@tidemark/runtime';
import type { Bus } from '../connect-bus.ts';
import { type Company, createCompany } from './company.ts';
import type { Gate } from './gate.ts';
import { handleMessage, type LaneWork } from './handle-message.ts';
import { LaneLog } from './lane-log.ts';
import type { Message } from './message.ts';
import { pullOne } from './pull-one.ts';
import { renewMessage } from './renew-message.ts';
import { tidyAfterCrashes } from './tidy-after-crashes.ts';

export interface LanesOptions {
  readonly stream: string;
  readonly consumer: string;
  /** Messages of this consumer at work at most; those that wait come on top. */
  readonly lanes: number;
  readonly gate: Gate;
  /** What else the process has in hand; of its own when absent. */
  readonly company?: Company | undefined;
  readonly ackWaitMs: number;
  readonly logger: Logger;
  /** Returns when the message is done. The signal aborts when stopping has used up its grace. */
  handler(msg: Message, signal: AbortSignal): Promise<void>;
  /** Sends a message on that fails for good. The signal aborts as that of the handler does. */
  onEnd(msg: Message, error: TerminalError, signal: AbortSignal): Promise<void>;
  /** At this delivery a message is ended without being run (20). */
  readonly poisonDeliveries?: number | undefined;
  /** How long a stop lets handlers finish what they are at (10 s). */
  readonly stopGraceMs?: number | undefined;
  /** How long a message of a newer release goes back for (5 min). */
  readonly holdMs?: number | undefined;
}

export interface Lanes {
  /** Takes no more, lets handlers finish, gives back what waits. */
  stop(): Promise<void>;
  /** When the server last answered a pull or a handler was at work: milliseconds since 1970. */
  lastPullAt(): number;
  /** Messages in hand. */
  busy(): number;
}

const PULL_EXPIRES_MS = 5_000;
const SILENT_FAILURES = 3;
/** Messages that wait beside their lanes, in number and in bytes; further ones keep their lanes. */
const MAX_PARKED = 64;
const MAX_PARKED_BYTES = 8 * 1024 * 1024;

/** Starts to work on the messages of one consumer. */
export function startLanes(bus: Bus, options: LanesOptions): Lanes {
  return new RunningLanes(bus, options);
}

class RunningLanes implements Lanes {
  readonly #bus: Bus;
  readonly #options: LanesOptions;
  readonly #work: Omit<LaneWork, 'onWait'>;
  readonly #inHand = new Set<Promise<void>>();
  #parked = 0;
  #parkedBytes = 0;
  readonly #stopping = new AbortController();
  readonly #giveUp = new AbortController();
  readonly #running: Promise<void>[];
  #lastPullAt = Date.now();
  #busy = 0;

  constructor(bus: Bus, options: LanesOptions) {
    this.#bus = bus;
    this.#options = options;
    this.#work = {
      stream: options.stream,
      consumer: options.consumer,
      gate: options.gate,
      company: options.company ?? createCompany(),
      ackWaitMs: options.ackWaitMs,
      poisonDeliveries: options.poisonDeliveries ?? 20,
      holdMs: options.holdMs ?? 5 * 60_000,
      log: new LaneLog(options.logger),
      stopping: this.#stopping.signal,
      giveUp: this.#giveUp.signal,
      handler: (msg, signal) => options.handler(msg, signal),
      onEnd: (msg, error, signal) => options.onEnd(msg, error, signal),
      renew: (delivered, marks) => renewMessage(bus, options.stream, delivered, marks),
    };
    this.#running = Array.from({ length: options.lanes }, () => this.#lane());
    this.#running.push(tidyAfterCrashes(bus, options, this.#stopping.signal));
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    const timer = setTimeout(() => this.#giveUp.abort(), this.#options.stopGraceMs ?? 10_000);
    await Promise.all(this.#running);
    await Promise.all(this.#inHand);
    clearTimeout(timer);
  }

  lastPullAt(): number {
    return this.#busy > 0 ? Date.now() : this.#lastPullAt;
  }

  busy(): number {
    return this.#busy;
  }

  async #lane(): Promise<void> {
    const { signal } = this.#stopping;
    let consumer: Consumer | undefined;
    let failures = 0;
    while (!signal.aborted) {
      try {
        consumer ??= await this.#bus.js.consumers.get(this.#options.stream, this.#options.consumer);
        await this.#pullAndHandle(consumer);
        if (failures > SILENT_FAILURES) this.#tell('info', 'pulling goes on');
        failures = 0;
      } catch (error) {
        if (signal.aborted) return;
        consumer = undefined;
        failures += 1;
        // A lost connection is told by the connection, once; this is for a consumer that is gone.
        if (failures === SILENT_FAILURES + 1) this.#tell('warn', 'cannot pull messages', error);
        await sleep(backoffMs(failures, { baseMs: 250, maxMs: 5_000 }), signal).catch(
          () => undefined,
        );
      }
    }
  }

  async #pullAndHandle(consumer: Consumer): Promise<void> {
    const { signal } = this.#stopping;
    await this.#options.gate.room(signal);
    await this.#work.company.room(signal);
    const delivered = await pullOne(consumer, PULL_EXPIRES_MS, signal);
    this.#lastPullAt = Date.now();
    // One that came nevertheless after a stop finds no place any more, and goes back.
    if (delivered) await this.#handle(delivered);
  }

  /** Resolves when the message is done, or when it waits beside its lane. */
  async #handle(delivered: JsMsg): Promise<void> {
    const laneIsFree = Promise.withResolvers<void>();
    let isParked = false;
    const size = delivered.data.length;
    const onWait = (): void => {
      const fits = this.#parked < MAX_PARKED && this.#parkedBytes + size <= MAX_PARKED_BYTES;
      if (isParked || !fits) return;
      isParked = true;
      this.#parked += 1;
      this.#parkedBytes += size;
      laneIsFree.resolve();
    };
    this.#busy += 1;
    const done = handleMessage({ ...this.#work, onWait }, delivered)
      .catch((error: unknown) => this.#tell('warn', 'a message could not be settled', error))
      .finally(() => {
        this.#busy -= 1;
        this.#lastPullAt = Date.now();
        this.#inHand.delete(done);
        if (!isParked) return;
        this.#parked -= 1;
        this.#parkedBytes -= size;
      });
    this.#inHand.add(done);
    await Promise.race([done, laneIsFree.promise]);
  }

  #tell(level: 'info' | 'warn', what: string, err?: unknown): void {
    const { logger, stream, consumer } = this.#options;
    logger[level]({ stream, consumer, ...(err === undefined ? {} : { err }) }, what);
  }
}
