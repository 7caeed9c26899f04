import { expect, test } from 'vitest';
import { mergeCommands, type QueuedCommand } from './queued-command.ts';

const plain: QueuedCommand = { runClass: 'live', mode: 'incremental', triggeredBy: 'first' };

test.each<[string, Partial<QueuedCommand>, Partial<QueuedCommand>, Partial<QueuedCommand>]>([
  ['equal ones stay', {}, { triggeredBy: 'second' }, {}],
  ['a full one asks for all', {}, { mode: 'full' }, { mode: 'full' }],
  ['a full one stays full', { mode: 'full' }, {}, { mode: 'full' }],
  ['a narrower one is part of all', {}, { partition: { a: 1 } }, {}],
  ['all is more than a narrower one', { partition: { a: 1 } }, {}, {}],
  [
    'the same narrower ones stay',
    { partition: { a: 1 } },
    { partition: { a: 1 } },
    { partition: { a: 1 } },
  ],
  ['different narrower ones ask for all', { partition: { a: 1 } }, { partition: { a: 2 } }, {}],
  [
    'the same windows stay',
    { window: { from: '1' } },
    { window: { from: '1' } },
    { window: { from: '1' } },
  ],
])('%s', (_what, waiting, later, merged) => {
  expect(mergeCommands({ ...plain, ...waiting }, { ...plain, ...later })).toEqual({
    ...plain,
    ...merged,
  });
});

test.each<[QueuedCommand['window'], QueuedCommand['window']]>([
  [undefined, { from: '1' }],
  [{ from: '1' }, undefined],
  [{ from: '1' }, { from: '2' }],
])('no run can ask for %j and for %j', (a, b) => {
  const withWindow = (window: QueuedCommand['window']) => ({ ...plain, ...(window && { window }) });

  expect(mergeCommands(withWindow(a), withWindow(b))).toBeUndefined();
});

test.each<Partial<QueuedCommand>>([
  { maxChunks: 3 },
  { maxRecords: 100 },
  { rehearse: true },
  { clearCheckpoint: true },
  { takeUp: { which: 'open' } },
])('%j is served by the same command only', (special) => {
  expect(mergeCommands({ ...plain, ...special }, plain)).toBeUndefined();
  expect(mergeCommands(plain, { ...plain, ...special })).toBeUndefined();
  expect(
    mergeCommands({ ...plain, ...special }, { ...plain, ...special, triggeredBy: 'second' }),
  ).toEqual({ ...plain, ...special });
});
