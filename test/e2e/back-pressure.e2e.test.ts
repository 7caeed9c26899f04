import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startPagedSource, type PagedSource } from './stack/paged-source.ts';
import { oneOfEach, startTestStack, type TestStack } from './stack/test-stack.ts';

// The loader is away for seconds here; `node bench/back-pressure.ts` does the same for two minutes.

const PAGES = 80;
const PER_PAGE = 100;
/** How much RAW and LOAD hold each: far less than all pages together. */
const STREAM_BYTES = 500_000;
/** Nothing is asked for in so long a time: extraction waits. */
const QUIET_MS = 2_500;
/** What a heap that is not collected yet may move; what piles up would be megabytes in each second. */
const FLAT_BYTES = 32 * 2 ** 20;

let source: PagedSource;
let stack: TestStack;
let asked = 0;

/** Text that no compression makes small: a quarter of a kilobyte for each record. */
function noise(id: number): string {
  const blocks = [0, 1, 2, 3, 4, 5, 6, 7].map((at) =>
    createHash('sha256').update(`${id} ${at}`).digest('base64'),
  );
  return blocks.join('');
}

beforeAll(async () => {
  source = await startPagedSource(PAGES);
  source.make = (page) => {
    asked += 1;
    return Array.from({ length: PER_PAGE }, (_, at) => {
      const id = (page - 1) * PER_PAGE + at;
      return { id, noise: noise(id) };
    });
  };
  stack = await startTestStack({
    definitions: {
      'noisy.yaml': `
name: noisy
source: { name: noisy, baseUrl: '${source.url}' }
request: { path: /noisy, records: data }
paginate: { kind: page, size: { param: per_page, value: ${PER_PAGE} }, totalPages: pages, width: 4 }
limits: { concurrency: 4 }
incremental: { kind: full }
target:
  kind: table
  table: noisy
  key: [id]
  fields: { id: { type: bigint }, noise: { type: text } }
`,
    },
    env: { TIDEMARK_STREAM_MAX_BYTES: String(STREAM_BYTES) },
    services: oneOfEach,
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source?.[Symbol.asyncDispose]();
});

function residentBytes(id: string): number {
  const status = readFileSync(`/proc/${stack.pid(id)}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1] ?? Number.NaN) * 1024;
}

test.runIf(process.platform === 'linux')(
  'while the loader is away streams fill, extraction waits and no memory grows; then everything is loaded',
  async () => {
    expect(await stack.stop('loader')).toBe(0);
    const runId = await stack.startRun('noisy');
    const others = ['watermark', 'extractor', 'transformer'];
    let last = { asked: 0, sinceMs: performance.now() };
    await waitFor(
      () => {
        if (asked !== last.asked) last = { asked, sinceMs: performance.now() };
        return asked > 0 && performance.now() - last.sinceMs > QUIET_MS;
      },
      { what: 'extraction to wait', timeoutMs: 60_000 },
    );
    const [raw, load] = [await stack.bytesIn('RAW_LIVE'), await stack.bytesIn('LOAD_LIVE')];
    const before = new Map(others.map((id) => [id, residentBytes(id)]));
    const untilMs = performance.now() + QUIET_MS;
    await waitFor(() => performance.now() > untilMs, { what: 'a while in which all of them wait' });

    // As full as whole messages make them, and no fuller.
    for (const bytes of [raw, load]) {
      expect(bytes).toBeGreaterThan(STREAM_BYTES / 2);
      expect(bytes).toBeLessThanOrEqual(STREAM_BYTES);
    }
    expect(asked).toBe(last.asked);
    expect(asked).toBeLessThan(PAGES);
    for (const [id, bytes] of before) {
      const now = residentBytes(id);
      process.stderr.write(
        `${id}: ${Math.round(bytes / 2 ** 20)} MiB, then ${Math.round(now / 2 ** 20)} MiB\n`,
      );
      expect(now - bytes, id).toBeLessThan(FLAT_BYTES);
    }

    await stack.start({ id: 'loader', service: 'loader' });
    const run = await stack.ended(runId, 120_000);

    expect(run, await stack.describe(runId)).toMatchObject({
      status: 'success',
      records_processed: PAGES * PER_PAGE,
      records_inserted: PAGES * PER_PAGE,
      records_refetched: 0,
    });
    expect(asked).toBe(PAGES);
    const { rows } = await stack.pool.query<{ id: number; noise: string }>(
      'select id::int, noise from public.noisy order by id',
    );
    expect(rows).toEqual(
      Array.from({ length: PAGES * PER_PAGE }, (_, id) => ({ id, noise: noise(id) })),
    );
    for (const stream of ['EXTRACT_LIVE', 'RAW_LIVE', 'LOAD_LIVE']) {
      await waitFor(async () => (await stack.messagesIn(stream)) === 0, {
        what: `${stream} empty`,
      });
    }
  },
);
