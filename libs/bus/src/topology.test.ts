import { runClasses, workSubject } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import {
  extractConsumerPlan,
  stageConsumers,
  streamOf,
  streams,
  subjectTemplate,
} from './topology.ts';

const runId = '0b5b6d6e-3c4f-4f0e-9a52-0d9a1f2b3c4d';

test('every stage and class has a stream of its own, and only EXTRACT is without a limit', () => {
  const names = streams.map(({ name }) => name);

  expect(new Set(names).size).toBe(8);
  for (const runClass of runClasses) {
    for (const stage of ['extract', 'raw', 'load'] as const) {
      const subject = workSubject({ stage, runClass, collector: 'a', runId });
      const takers = streams.filter((plan) => plan.subjects.some((own) => matches(own, subject)));
      expect(takers.map(({ name }) => name)).toEqual([streamOf(stage, runClass)]);
    }
  }
  const unlimited = streams.filter(({ maxBytes }) => maxBytes === 'none').map(({ name }) => name);
  expect(unlimited).toEqual(['EXTRACT_LIVE', 'EXTRACT_BACKFILL']);
});

test('every work stream has one consumer that takes all, or one per collector', () => {
  const consumed = stageConsumers.map(({ stream }) => stream);

  expect(consumed.toSorted()).toEqual(
    ['COMMANDS', 'LOAD_BACKFILL', 'LOAD_LIVE', 'RAW_BACKFILL', 'RAW_LIVE'].toSorted(),
  );
  expect(extractConsumerPlan('github-issues', 'live', 3)).toEqual({
    stream: 'EXTRACT_LIVE',
    name: 'extract-github-issues',
    filter: 'tidemark.extract.live.github-issues.*',
    maxAckPending: 3,
  });
});

test.each([
  [`tidemark.raw.live.github.${runId}`, 'tidemark.raw.{class}.{collector}'],
  ['tidemark.command.run.github', 'tidemark.command.run.{collector}'],
  ['tidemark.event.chunk.github', 'tidemark.event.chunk.{collector}'],
  ['else.where', 'else.where'],
])('%s is grouped as %s', (subject, template) => {
  expect(subjectTemplate(subject)).toBe(template);
});

function matches(filter: string, subject: string): boolean {
  return subject.startsWith(filter.replace(/>$/, ''));
}
