import type { JsMsg } from '@nats-io/jetstream';
import { type Context, context, SpanKind } from '@opentelemetry/api';
import { sleep, type TerminalError } from '@tidemark/runtime';
import { linksTo, recordFailure, withSpan } from '@tidemark/telemetry';
import { countDelivery, countHandled, countProcessed, countWait } from '../bus-metrics.ts';
import { processAttributes } from '../span-attributes.ts';
import { subjectTemplate } from '../topology.ts';
import { firstTask, type Task } from './first-task.ts';
import type { Gate } from './gate.ts';
import type { LaneLog } from './lane-log.ts';
import { type Message, readMessage } from './message.ts';
import { type Outcome, outcomeOf } from './outcome.ts';

/** What lanes need to work on messages. */
export interface LaneWork {
  readonly stream: string;
  readonly consumer: string;
  readonly gate: Gate;
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
  onEnd(msg: Message, error: TerminalError): Promise<void>;
  /** Puts a copy of a message into its stream, whose deliveries count from one again. */
  renew(delivered: JsMsg): Promise<void>;
}

/** From this delivery on a message may be what ends its process, so it takes nobody with it. */
const ALONE_FROM_DELIVERY = 3;
const ACK_WITHIN_MS = 5_000;

/** Works on one delivered message until its fate is decided, keeping it meanwhile, and carries the fate out. */
export async function handleMessage(work: LaneWork, delivered: JsMsg): Promise<void> {
  const beat = setInterval(() => delivered.working(), Math.max(100, work.ackWaitMs / 3));
  try {
    const msg = readMessage(delivered);
    countDelivery(msg.subject, msg.deliveries);
    const fate = await decideFate(work, msg);
    if (fate.kind === 'hold') await hold(work, delivered);
    else await settle(delivered, fate);
    countHandled(msg.subject, fate.kind);
  } finally {
    clearInterval(beat);
  }
}

type Fate =
  | Exclude<Outcome, { kind: 'wait' | 'end' }>
  /** Of a newer release: back for somebody who reads it. */
  | { readonly kind: 'hold' };

async function decideFate(work: LaneWork, msg: Message): Promise<Fate> {
  let task = firstTask(msg, work.poisonDeliveries);
  if (task.kind === 'end') tell(work, msg, task);
  for (let attempt = 1; ; attempt += 1) {
    if (task.kind === 'hold') return task;
    const outcome = await takeTurn(work, msg, task, attempt);
    tell(work, msg, outcome);
    switch (outcome.kind) {
      case 'wait':
        countWait(msg.subject, outcome.error.code);
        work.onWait();
        if (!(await waited(outcome.delayMs, work.stopping))) return { kind: 'release' };
        break;
      case 'end':
        task = outcome;
        attempt = 0;
        break;
      case 'ack':
      case 'release':
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
  task: Exclude<Task, { kind: 'hold' }>,
  attempt: number,
): Promise<Outcome> {
  // An ending that has begun is worth the grace of a stop; a first turn is not.
  const patience = task.kind === 'end' ? work.giveUp : work.stopping;
  const place = msg.deliveries >= ALONE_FROM_DELIVERY ? 'exclusive' : 'enter';
  const leave = await work.gate[place](patience).catch(() => undefined);
  if (!leave) return { kind: 'release' };
  const startedAt = performance.now();
  const outcome = await runInSpan(work, msg, task, attempt).finally(leave);
  countProcessed(msg.subject, outcome.kind, (performance.now() - startedAt) / 1_000);
  return outcome;
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
        await work.onEnd(msg, task.error);
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
 * Gives a message back until a process of its release takes it. Its deliveries count, and who can read it at last would take
 * it for one that ends processes: before they are half as many, a copy takes its place.
 */
async function hold(work: LaneWork, delivered: JsMsg): Promise<void> {
  const { deliveryCount } = delivered.info;
  // Never the first one: copies would follow each other without a pause.
  const isOften = deliveryCount > 1 && deliveryCount * 2 >= work.poisonDeliveries;
  const isRenewed =
    isOften &&
    (await work.renew(delivered).then(
      () => true,
      // No room, or nobody there: it goes on counting until there is.
      () => false,
    ));
  if (isRenewed) await delivered.ackAck({ timeout: ACK_WITHIN_MS }).catch(() => false);
  else delivered.nak(work.holdMs);
}

async function settle(delivered: JsMsg, fate: Exclude<Fate, { kind: 'hold' }>): Promise<void> {
  switch (fate.kind) {
    case 'ack':
      // An ack that gets lost brings the message back, and handling it again changes nothing.
      await delivered.ackAck({ timeout: ACK_WITHIN_MS }).catch(() => false);
      break;
    case 'release':
      delivered.nak();
      break;
    case 'again':
      delivered.nak(Math.max(1, Math.round(fate.delayMs)));
      break;
  }
}
