import { runFilter, type RunClass, type Stage } from '@tidemark/contracts';
import { TransientError } from '@tidemark/runtime';
import type { Bus } from './connect-bus.ts';
import { messagesOn, removeAcked } from './remove-acked.ts';
import { consumerOf, extractConsumerOf, streamOf } from './topology.ts';

/** How many messages of a run a stage holds, waiting or in work. */
export async function messagesOfRun(
  bus: Bus,
  stage: Stage,
  runClass: RunClass,
  runId: string,
): Promise<number> {
  const stream = streamOf(stage, runClass);
  const filter = runFilter(stage, runId);
  try {
    const { state } = await bus.jsm.streams.info(stream, { subjects_filter: filter });
    const subjects = Object.keys(state.subjects ?? {});
    if (subjects.length === 0) return 0;
    // What is acked already must not pass for work under way, or a lost chunk would never be found.
    for (const consumer of new Set(subjects.map((subject) => consumerFor(stage, subject)))) {
      await removeAcked(bus, { stream, consumer });
    }
    return await messagesOn(bus, stream, filter);
  } catch (cause) {
    // Not knowing is not zero: a chunk must not be taken for lost because nobody answered.
    const reason = `cannot count the messages of run ${runId} in ${stream}`;
    throw new TransientError('BUS_UNAVAILABLE', reason, { cause });
  }
}

function consumerFor(stage: Stage, subject: string): string {
  return stage === 'extract' ? extractConsumerOf(subject.split('.')[3] ?? '') : consumerOf(stage);
}
