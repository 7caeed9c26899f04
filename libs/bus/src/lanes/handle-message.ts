import type { JsMsg } from '@nats-io/jetstream';
import { type Context, context, SpanKind } from '@opentelemetry/api';
import { sleep, type TerminalError } from '@tidemark/runtime';
import { linksTo, recordFailure, withSpan } from '@tidemark/telemetry';
import { countDelivery, countHandled, countProcessed, countWait } from '../bus-metrics.ts';
import { processAttributes } from '../span-attributes.ts';
import { subjectTemplate } from '../topology.ts';
import type { Company, Hand } from './company.ts';
import type { CopyMarks } from './copy-marks.ts';
import { firstTask, type Task } from './first-task.ts';
import type { Gate, Leave } from './gate.ts';
import type { LaneLog } from './lane-log.ts';
import { type Message, readMessage } from './message.ts';
import { type Outcome, outcomeOf } from './outcome.ts';

/** What lanes need to work on messages. */
export interface LaneWork {
  readonly stream: string;
  readonly consumer: string;
  readonly gate: Gate;
  readonly company: Company;
  readonly ackWaitMs: number;
  readonly poisonDeliveries: number;
  /** How long a message of a newer release goes back for. */
  readonly holdMs: number;
  readonly log: LaneLog;
  /** Aborts at once when the lanes stop: ends what only waits. */
  readonly stopping: AbortSignal;
  /** Aborts later: ends what works. */
  readonly giveUp: AbortSignal;
  /** Called each time the message begins to wait: its lane may go on with others meanwhile. */
  onWait(): void;
  handler(msg: Message, signal: AbortSignal): Promise<void>;
  onEnd(msg: Message, error: TerminalError, signal: AbortSignal): Promise<void>;
  /** Puts a copy of a message into its stream, with what it is to keep. */
  renew(delivered: JsMsg, marks: CopyMarks): Promise<void>;
}

/** From this delivery on a message may be what ends its process, so it takes nobody with it. */
const ALONE_FROM_DELIVERY = 3;
const ACK_WITHIN_MS = 5_000;
/**
 * Server 2.9 counts a message that goes back without a delay, but does not tell it in the next delivery; the same on a busy
 * machine with one of a millisecond.
 */
const AT_ONCE_MS = 50;

/** Works on one delivered message until its fate is decided, keeping it meanwhile, and carries the fate out. */
export async function handleMessage(work: LaneWork, delivered: JsMsg): Promise<void> {
  const beat = setInterval(() => delivered.working(), Math.max(100, work.ackWaitMs / 3));
  try {
    const msg = readMessage(delivered);
    countDelivery(msg.subject, msg.deliveries);
    const fate = await decideFate(work, delivered, msg);
    if (fate.kind === 'hold') await hold(work, delivered, msg);
    else if (fate.kind === 'release') await giveBack(work, delivered, { ...msg, ...fate });
    else if (fate.kind !== 'replaced') await settle(delivered, fate);
    countHandled(msg.subject, fate.kind);
  } finally {
    clearInterval(beat);
  }
}

type Fate =
  | Exclude<Outcome, { kind: 'wait' | 'end' | 'release' }>
  /** We stop, or another message has to be alone: back for somebody else, who goes on with its wait. */
  | { readonly kind: 'release'; readonly waitsSinceMs: number | undefined }
  /** Of a newer release: back for somebody who reads it. */
  | { readonly kind: 'hold' }
  /** A copy is in its place. */
  | { readonly kind: 'replaced' };

async function decideFate(work: LaneWork, delivered: JsMsg, msg: Message): Promise<Fate> {
  let task = firstTask(msg, work.poisonDeliveries);
  let { waitsSinceMs } = msg;
  if (task.kind === 'end') tell(work, msg, task);
  for (let attempt = 1; ; attempt += 1) {
    if (task.kind === 'hold') return task;
    const outcome = await takeTurn(work, msg, { task, attempt });
    tell(work, msg, outcome);
    switch (outcome.kind) {
      case 'wait':
        countWait(msg.subject, outcome.error.code);
        waitsSinceMs ??= Date.now();
        if (task.kind === 'handle' && (await isCleared(work, delivered, { ...msg, waitsSinceMs })))
          return { kind: 'replaced' };
        work.onWait();
        if (!(await waited(outcome.delayMs, work.stopping)))
          return { kind: 'release', waitsSinceMs };
        break;
      case 'end':
        task = outcome;
        attempt = 0;
        break;
      case 'release':
        return { kind: 'release', waitsSinceMs };
      case 'ack':
      case 'again':
        return outcome;
    }
  }
}

/** Logs under the trace that the message belongs to: its span has ended by now. */
function tell(work: LaneWork, msg: Message, outcome: Outcome): void {
  context.with(msg.context, () => work.log.outcome(msg, outcome));
}

/** Runs the handler, or the ending, once, in its place among the others. */
async function takeTurn(
  work: LaneWork,
  msg: Message,
  { task, attempt }: { readonly task: Exclude<Task, { kind: 'hold' }>; readonly attempt: number },
): Promise<Outcome> {
  // An ending that has begun is worth the grace of a stop; a first turn is not.
  const patience = task.kind === 'end' ? work.giveUp : work.stopping;
  const place = isSuspect(msg) ? alone : among;
  // One that has waited goes on here; one that has just come may as well go back.
  if (attempt > 1) await work.company.room(patience).catch(() => undefined);
  const hand = work.company.take();
  try {
    const leave = await place(work, hand, patience).catch(() => undefined);
    if (!leave) return { kind: 'release' };
    const startedAt = performance.now();
    const outcome = await runInSpan(work, msg, task, attempt).finally(leave);
    countProcessed(msg.subject, outcome.kind, (performance.now() - startedAt) / 1_000);
    return outcome;
  } finally {
    hand.leave();
  }
}

/** It may be what ends its process. */
function isSuspect({ deliveries }: Pick<Message, 'deliveries'>): boolean {
  return deliveries >= ALONE_FROM_DELIVERY;
}

function among({ gate }: LaneWork, { sentAway }: Hand, patience: AbortSignal): Promise<Leave> {
  return gate.enter(AbortSignal.any([patience, sentAway]));
}

/** Nobody else is in hand then, so a crash counts for this message only. */
async function alone({ gate }: LaneWork, hand: Hand, patience: AbortSignal): Promise<Leave> {
  const end = await hand.alone(patience);
  const leave = await gate.exclusive(patience).catch((error: unknown) => {
    end();
    throw error;
  });
  return () => {
    leave();
    end();
  };
}

function runInSpan(
  work: LaneWork,
  msg: Message,
  task: Exclude<Task, { kind: 'hold' }>,
  attempt: number,
): Promise<Outcome> {
  const parent: Context = msg.context;
  const settings = {
    kind: SpanKind.CONSUMER,
    parent,
    links: linksTo(parent),
    attributes: {
      ...processAttributes(msg, work.stream, work.consumer),
      'tidemark.attempt': attempt,
    },
  };
  return withSpan(`process ${subjectTemplate(msg.subject)}`, settings, async (span) => {
    try {
      if (task.kind === 'end') {
        recordFailure(span, task.error);
        await work.onEnd(msg, task.error, work.giveUp);
      } else {
        await work.handler(msg, work.giveUp);
      }
      return { kind: 'ack' };
    } catch (error) {
      const outcome = outcomeOf(error, {
        phase: task.kind === 'end' ? 'ending' : 'handling',
        attempt,
        deliveries: msg.deliveries,
        isStopping: work.stopping.aborted,
      });
      if ('error' in outcome) recordFailure(span, outcome.error);
      return outcome;
    }
  });
}

/** False when the lanes stop first. */
async function waited(delayMs: number, stopping: AbortSignal): Promise<boolean> {
  return sleep(delayMs, stopping).then(
    () => true,
    () => false,
  );
}

/**
 * Gives a message of a newer release back until a process of its release takes it. Its deliveries count, and who can read it
 * at last would take it for one that ends processes: before they are half as many, a copy takes its place.
 */
async function hold(work: LaneWork, delivered: JsMsg, msg: Message): Promise<void> {
  const { deliveryCount } = delivered.info;
  // Never the first one: copies would follow each other without a pause.
  const isOften = deliveryCount > 1 && deliveryCount * 2 >= work.poisonDeliveries;
  // What was held has met nobody whom it could have ended.
  const marks = { ...msg, deliveries: msg.deliveries - deliveryCount };
  if (!isOften || !(await isReplaced(work, delivered, marks))) delivered.nak(work.holdMs);
}

/**
 * Whether a suspect that was run and has to wait was cleared: it ended nothing, and while it waits, others may, each time; so
 * a copy takes its place whose deliveries count from one again.
 */
async function isCleared(work: LaneWork, delivered: JsMsg, msg: CopyMarks): Promise<boolean> {
  return isSuspect(msg) && (await isReplaced(work, delivered, { ...msg, deliveries: 0 }));
}

/**
 * Gives a message to somebody else because we stop, or another one has to be alone, which is nobody's fault. One that was not begun goes back in front of the
 * others, and the broker counts that; where the count would make it a suspect, and where it waits and somebody has to know
 * since when, a copy takes its place. So however many stops it meets, they are counted once at most.
 */
async function giveBack(work: LaneWork, delivered: JsMsg, msg: CopyMarks): Promise<void> {
  const isCopied = msg.waitsSinceMs !== undefined || msg.deliveries + 1 >= ALONE_FROM_DELIVERY;
  const marks = { ...msg, deliveries: msg.deliveries - 1 };
  if (!isCopied || !(await isReplaced(work, delivered, marks))) delivered.nak(AT_ONCE_MS);
}

/** Whether a copy took the place of a message; without room for one, or without a server, the message stays what it is. */
async function isReplaced(work: LaneWork, delivered: JsMsg, marks: CopyMarks): Promise<boolean> {
  try {
    await work.renew(delivered, marks);
  } catch {
    return false;
  }
  // Its ack may get lost; then both are handled, and the second changes nothing.
  await delivered.ackAck({ timeout: ACK_WITHIN_MS }).catch(() => false);
  return true;
}

async function settle(
  delivered: JsMsg,
  fate: Exclude<Fate, { kind: 'hold' | 'release' | 'replaced' }>,
): Promise<void> {
  switch (fate.kind) {
    case 'ack':
      // An ack that gets lost brings the message back, and handling it again changes nothing.
      await delivered.ackAck({ timeout: ACK_WITHIN_MS }).catch(() => false);
      break;
    case 'again':
      delivered.nak(Math.max(1, Math.round(fate.delayMs)));
      break;
  }
}
