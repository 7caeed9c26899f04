import type { RunRow } from '@tidemark/store';
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { ProgressBoard, totalOf } from './progress-board.ts';

const running: RunRow = {
  id: '0197f6a0-0000-7000-8000-000000000001',
  collector_name: 'usgs',
  class: 'live',
  mode: 'incremental',
  status: 'running',
  triggered_by: 'test',
  started_at: '2026-01-01T00:00:00.000Z',
  completed_at: null,
  duration_seconds: 2,
  chunks_planned: 1,
  chunks_done: 0,
  chunks_failed: 0,
  pages_read: 7,
  pages_known: 7,
  records_processed: 700,
  records_inserted: 600,
  records_updated: 50,
  records_unchanged: 40,
  records_stale: 10,
  records_rejected: 0,
  records_refetched: 0,
  records_deleted: 0,
  ids_missing: 0,
  children_inserted: 0,
  children_updated: 0,
  children_deleted: 0,
  records_out_of_range: 0,
  late_records: 0,
  max_lateness_seconds: null,
  warnings: [],
  watermark_from: null,
  watermark_to: null,
  error_message: null,
  parent_run_id: null,
  max_chunks: null,
  max_records: null,
  report: null,
  trace_id: null,
};
const ended: RunRow = { ...running, status: 'success', completed_at: '2026-01-01T00:00:02.000Z' };

test.each([
  ['an active run without a known total has a page to come', running, 8],
  ['an active run has the total that its source told', { ...running, pages_known: 32 }, 32],
  ['an ended run has what was read', ended, 7],
  ['a run without a page is full', { ...ended, pages_read: 0, pages_known: 0 }, 1],
])('%s', (_, run, total) => {
  expect(totalOf(run)).toBe(total);
});

test('without a terminal it writes a line for the first sight and one for the end', () => {
  const out = new PassThrough();
  using board = new ProgressBoard(out);

  board.show(running);
  board.show({ ...running, pages_read: 8 });
  board.show(ended);
  board.show(ended);

  expect(String(out.read()).trim().split('\n')).toEqual([
    expect.stringMatching(/^usgs .*running.* 7 pages, 700 records, .* 50 unchanged/),
    expect.stringMatching(/^usgs .*success/),
  ]);
});

test('what most runs have nothing of is told where there is something', () => {
  const out = new PassThrough();
  using board = new ProgressBoard(out);

  board.show(running);
  board.show({ ...ended, records_deleted: 2, ids_missing: 1 });

  const [first, last] = String(out.read()).trim().split('\n');
  expect(first).toMatch(/ 0 rejected\.$/);
  expect(last).toMatch(/ 0 rejected, 2 deleted, 1 id missing\.$/);
});
