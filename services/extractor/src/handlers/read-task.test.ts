import { expect, test } from 'vitest';
import { findTask, mustReadTask } from './read-task.ts';

const runId = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const task = {
  v: 1,
  runId,
  chunkId: 0,
  attempt: 1,
  collector: 'orders',
  runClass: 'live',
  revision: '0123456789abcdef',
  partition: {},
  cursor: null,
  items: [],
  signal: null,
  plannedAt: '1700000000000000',
  page: { seq: 0, place: {}, windows: [], bound: null, stride: null },
};

const message = (subject: string, content: unknown = task) => ({
  subject,
  data: Buffer.from(JSON.stringify(content)),
});

test('a task of its subject is read', () => {
  const good = message(`tidemark.extract.live.orders.${runId}`);
  expect(mustReadTask(good)).toEqual(task);
  expect(findTask(good)).toEqual(task);
});

test.each([
  ['another run', `tidemark.extract.live.orders.${runId.replace('3f', '4f')}`],
  ['another collector', `tidemark.extract.live.others.${runId}`],
  ['another class', `tidemark.extract.backfill.orders.${runId}`],
  ['nothing', 'tidemark.extract'],
])('a task on the subject of %s is given up', (_of, subject) => {
  expect(() => mustReadTask(message(subject))).toThrow(/a page task and its subject disagree/);
  expect(findTask(message(subject))).toBeUndefined();
});

test('a message without the form of a task is given up with the place that is wrong', () => {
  const wrong = message(`tidemark.extract.live.orders.${runId}`, { ...task, attempt: 0 });
  expect(() => mustReadTask(wrong)).toThrow(/not of its form: attempt/);
  expect(findTask(wrong)).toBeUndefined();
});
