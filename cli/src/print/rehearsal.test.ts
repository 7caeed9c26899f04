import type { RehearsalReport } from '@tidemark/contracts';
import { expect, test } from 'vitest';
import { printRehearsal } from './rehearsal.ts';

const report: RehearsalReport = {
  rows_inserted: 1,
  rows_updated: 1,
  rows_unchanged: 1200,
  samples: [
    { kind: 'updated', key: { id: '3' }, changes: { name: { old: 'a', new: null } } },
    { kind: 'inserted', key: { id: '4' }, changes: { name: { old: null, new: 'x'.repeat(100) } } },
  ],
};

test('a rehearsal is told in a sentence, with what would change below it', () => {
  expect(printRehearsal(report)?.split('\n')).toEqual([
    'A run would insert 1 row and update 1 row; 1,200 rows would stay as they are. The target was left alone.',
    '  updated id=3  name: a → null',
    `  inserted id=4  name: ${'x'.repeat(57)}…`,
  ]);
});

test('why it could not be compared is told instead', () => {
  expect(printRehearsal({ ...report, error: 'the table is gone' })).toBe(
    'It could not be compared with its target: the table is gone',
  );
});

test('a run that was no rehearsal has nothing to tell', () => {
  expect(printRehearsal(null)).toBeUndefined();
});
