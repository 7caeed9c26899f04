import { meter } from '@tidemark/telemetry';

/** The only place of this package that counts; attributes are few: stage, outcome, reason. */
const instruments = meter('tidemark.bus');

const published = instruments.createCounter('tidemark.bus.published', {
  description: 'Messages that a stream has taken, by stage; duplicates apart',
});
const publishWaits = instruments.createCounter('tidemark.bus.publish_waits', {
  description: 'Attempts to publish that had to be repeated, by stage and reason',
});
const handled = instruments.createCounter('tidemark.bus.messages', {
  description: 'Messages whose handling ended, by stage and outcome',
});
const duration = instruments.createHistogram('tidemark.bus.process_duration', {
  unit: 's',
  description: 'How long one run of a handler took, by stage and outcome',
  advice: {
    explicitBucketBoundaries: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
  },
});
const redelivered = instruments.createCounter('tidemark.bus.redeliveries', {
  description: 'Messages that were delivered before, by stage',
});
const waits = instruments.createCounter('tidemark.bus.waits', {
  description: 'Times that a message was held in place, by stage and error code',
});

export function countPublished(subject: string, duplicate: boolean): void {
  published.add(1, { stage: stageOf(subject), duplicate });
}

export function countPublishWait(subject: string, reason: 'full' | 'away'): void {
  publishWaits.add(1, { stage: stageOf(subject), reason });
}

export function countDelivery(subject: string, deliveries: number): void {
  if (deliveries > 1) redelivered.add(1, { stage: stageOf(subject) });
}

/** One run of a handler, or of the ending of a message. */
export function countProcessed(subject: string, outcome: string, seconds: number): void {
  duration.record(seconds, { stage: stageOf(subject), outcome });
}

export function countHandled(subject: string, outcome: string): void {
  handled.add(1, { stage: stageOf(subject), outcome });
}

export function countWait(subject: string, code: string): void {
  waits.add(1, { stage: stageOf(subject), code });
}

function stageOf(subject: string): string {
  return subject.split('.')[1] ?? 'unknown';
}
