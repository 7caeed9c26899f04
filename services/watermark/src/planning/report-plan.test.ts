import { Definition, type Plan } from '@tidemark/collector-sdk';
import { expect, test } from 'vitest';
import { reportPlan, type PlanToReport } from './report-plan.ts';

function definitionWith(rate?: { requests: number; per: string }): Definition {
  return Definition.parse({
    name: 'things',
    source: { name: 'things', baseUrl: 'https://api.example.org', ...(rate && { rate }) },
    request: { path: '/things' },
    incremental: { kind: 'cursor', field: 'at', from: 'since', start: '2024-01-01' },
    target: { kind: 'table', table: 'things', key: ['id'], fields: { id: { type: 'bigint' } } },
  });
}

const page = { seq: 0, place: {}, windows: [], bound: null, stride: null };

function planOf(chunks: number): Plan {
  return {
    chunks: Array.from({ length: chunks }, (_, chunkId) => ({
      chunkId,
      partition: {},
      cursor: { from: '1704067200000000', to: null },
      items: [],
      signal: null,
      page,
      priority: chunkId,
      straight: false,
    })),
    watermarks: [],
    watermarkFrom: '1704067200000001',
    finals: [],
    sweep: null,
  };
}

const report = (change: Partial<PlanToReport>) =>
  reportPlan({
    plan: planOf(4),
    definition: definitionWith(),
    command: { mode: 'incremental' },
    history: undefined,
    ...change,
  });

test('chunks stand in the order in which they are asked for, with instants as people write them', () => {
  const { chunks, watermark_from: from } = report({});

  expect(chunks.map(({ chunk_id: chunk }) => chunk)).toEqual([3, 2, 1, 0]);
  expect(chunks[0]).toMatchObject({
    partition: '{}',
    from: '2024-01-01T00:00:00Z',
    to: null,
  });
  expect(from).toBe('2024-01-01T00:00:00.000001Z');
});

test('a limit of chunks limits the plan', () => {
  expect(report({ command: { mode: 'full', maxChunks: 2 } })).toMatchObject({
    chunks_planned: 2,
    requests: 2,
  });
});

test('without earlier runs and without a rate nothing is said about time', () => {
  expect(report({})).toMatchObject({ requests: 4, runs_compared: 0, seconds: null, quota: null });
});

test('earlier runs tell pages and time, a rate that is slower the time', () => {
  const history = { runs: 3, pagesPerChunk: 2.6, secondsPerPage: 0.5 };
  const slow = definitionWith({ requests: 1, per: '1s' });
  const fast = definitionWith({ requests: 1000, per: '1s' });

  expect(report({ history, definition: slow })).toMatchObject({
    requests: 11,
    seconds: 11,
    quota: { requests: 1, per: '1s', periods: 11 },
  });
  expect(report({ history, definition: fast })).toMatchObject({ requests: 11, seconds: 5.5 });
});

test('more chunks than can be read are counted, not listed', () => {
  const { chunks, chunks_planned: planned } = report({ plan: planOf(5_000) });

  expect([chunks.length, planned]).toEqual([1_000, 5_000]);
});
