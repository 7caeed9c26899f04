import type { LetterToReplay } from '@tidemark/store';
import { expect, test } from 'vitest';
import { groupLetters } from './group-letters.ts';
import { whyNot } from './why-not.ts';

const usual: LetterToReplay = {
  id: '1',
  kind: 'record',
  status: 'open',
  runId: 'c1a0f0de-0000-4000-8000-000000000001',
  chunkId: 0,
  mode: 'incremental',
  runClass: 'live',
  runHasEnded: true,
  partition: '{}',
  chunkStatus: 'done',
  askedAtUs: '100',
  bytes: 10,
  isJson: true,
};

test('what differs in kind, partition or moment travels apart, in the order of the letters', () => {
  const letters = [
    usual,
    { ...usual, id: '2', kind: 'row' as const },
    { ...usual, id: '3', partition: '{"shop":1}' },
    { ...usual, id: '4', askedAtUs: '101' },
    { ...usual, id: '5' },
  ];

  expect(groupLetters(letters)).toEqual([
    { partition: '{}', letters: ['1', '5'] },
    { partition: '{}', letters: ['2'] },
    { partition: '{"shop":1}', letters: ['3'] },
    { partition: '{}', letters: ['4'] },
  ]);
});

test('a batch has at most 2,000 letters and 1 MiB of them', () => {
  const many = Array.from({ length: 2_001 }, (_, at) => ({ ...usual, id: `${at}` }));
  const large = Array.from({ length: 5 }, (_, at) => ({ ...usual, id: `${at}`, bytes: 400_000 }));

  expect(groupLetters(many).map(({ letters }) => letters.length)).toEqual([2_000, 1]);
  expect(groupLetters(large).map(({ letters }) => letters.length)).toEqual([2, 2, 1]);
});

test.each<[string, Partial<LetterToReplay>, RegExp | undefined]>([
  ['a record', {}, undefined],
  ['a page whose chunk failed', { kind: 'page', chunkStatus: 'failed', isJson: false }, undefined],
  [
    'a page of a run that goes on',
    { kind: 'page', chunkStatus: 'failed', runHasEnded: false },
    /not ended/,
  ],
  ['a message whose chunk is done', { kind: 'message', chunkStatus: 'done' }, /is done/],
  ['what was replayed', { status: 'replayed' }, /is replayed/],
  ['what is of no chunk', { chunkId: null }, /no chunk/],
  ['what is of no run', { mode: null }, /no chunk/],
  ['what a rehearsal rejected', { mode: 'rehearsal' }, /rehearsal/],
  ['what is too old', { partition: null, chunkStatus: null }, /not kept/],
  ['a record that was cut', { isJson: false }, /was cut/],
])('%s can be replayed or not', (_what, letter, why) => {
  const said = whyNot({ ...usual, ...letter });

  if (why) expect(said).toMatch(why);
  else expect(said).toBeUndefined();
});
