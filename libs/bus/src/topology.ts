/**
 * Every stream and stage consumer, as data. One stream per stage and class, so that a backfill cannot fill what live
 * collection needs. Work streams are queues that refuse when full: the stage before waits. EXTRACT has no size: tasks are
 * small, as many as pages are in flight, and refusing them would stop what empties the other streams.
 */
import type { CommandVerb, RunClass, Stage } from '@tidemark/contracts';
import { runClasses } from '@tidemark/contracts';

export interface StreamPlan {
  readonly name: string;
  readonly subjects: readonly string[];
  /** `work` is removed by its ack and refused when full; `news` is kept for a while and drops its oldest. */
  readonly kind: 'work' | 'news';
  readonly maxBytes: 'none' | 'setting' | number;
  readonly maxAgeMs?: number;
}

export interface ConsumerPlan {
  readonly stream: string;
  readonly name: string;
  readonly filter?: string;
  /** Messages that may be in work at once, over all replicas. */
  readonly maxAckPending: number;
}

const MIB = 1_048_576;
const DAY_MS = 86_400_000;

const workStreams: readonly StreamPlan[] = runClasses.flatMap((runClass) =>
  (['extract', 'raw', 'load'] as const).map((stage) => ({
    name: streamOf(stage, runClass),
    subjects: [`tidemark.${stage}.${runClass}.>`],
    kind: 'work' as const,
    maxBytes: stage === 'extract' ? ('none' as const) : ('setting' as const),
  })),
);

export const streams: readonly StreamPlan[] = [
  { name: 'COMMANDS', subjects: ['tidemark.command.>'], kind: 'work', maxBytes: 64 * MIB },
  ...workStreams,
  {
    name: 'EVENTS',
    subjects: ['tidemark.event.>'],
    kind: 'news',
    maxBytes: 256 * MIB,
    maxAgeMs: 7 * DAY_MS,
  },
];

/** The consumers that every installation has; those of EXTRACT come with their collectors. */
export const stageConsumers: readonly ConsumerPlan[] = [
  { stream: 'COMMANDS', name: 'control', maxAckPending: 16 },
  ...runClasses.flatMap((runClass) => [
    { stream: streamOf('raw', runClass), name: 'transform', maxAckPending: 1_000 },
    { stream: streamOf('load', runClass), name: 'load', maxAckPending: 256 },
  ]),
];

export const DEFINITIONS_BUCKET = 'tidemark_definitions';
/** What NATS has heard of the database, so that one that was put back to an earlier state is noticed. */
export const TIMELINE_BUCKET = 'tidemark_timeline';

/** The stream that carries a stage's messages of a class. */
export function streamOf(stage: Stage, runClass: RunClass): string {
  return `${stage}_${runClass}`.toUpperCase();
}

/** The durable consumer of a stage; that of EXTRACT is the collector's own. */
export function consumerOf(stage: 'raw' | 'load' | 'command'): string {
  switch (stage) {
    case 'raw':
      return 'transform';
    case 'load':
      return 'load';
    case 'command':
      return 'control';
  }
}

/** The durable consumer of a collector's tasks: its `max_ack_pending` is the collector's concurrency over all replicas. */
export function extractConsumerOf(collector: string): string {
  return `extract-${collector}`;
}

/** What the consumer of a collector's tasks has to be. */
export function extractConsumerPlan(
  collector: string,
  runClass: RunClass,
  concurrency: number,
): ConsumerPlan {
  return {
    stream: streamOf('extract', runClass),
    name: extractConsumerOf(collector),
    filter: `tidemark.extract.${runClass}.${collector}.*`,
    maxAckPending: concurrency,
  };
}

/** A subject with names in the place of what differs from message to message: what spans and metrics are grouped by. */
export function subjectTemplate(subject: string): string {
  const [root, kind = '', next] = subject.split('.');
  if (root !== 'tidemark') return subject;
  switch (kind) {
    case 'extract':
    case 'raw':
    case 'load':
      return `tidemark.${kind}.{class}.{collector}`;
    case 'command':
    case 'event':
      return `tidemark.${kind}.${next as CommandVerb}.{collector}`;
    default:
      return subject;
  }
}
