import { startRecords } from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { readConfig } from '../src/config.ts';
import { startExtractor } from '../src/service.ts';
import { startWorld } from './extractor-world.ts';

test('a stop finishes the page in hand, and another extractor goes on', async () => {
  await using world = await startWorld();
  const rows = Array.from({ length: 60 }, (_, i) => ({
    id: i,
    updated_at: '2024-01-01T00:00:00Z',
  }));
  await using source = await startRecords({ rows, latencyMs: 50 });
  const definition = await world.add({
    name: 'records',
    source: { name: 'records', baseUrl: source.url },
    request: { path: '/records', records: 'data' },
    paginate: { kind: 'page', size: { param: 'per_page', value: 10 }, totalPages: 'pages' },
    incremental: { kind: 'full' },
    target: { kind: 'raw', table: 'records' },
  });
  const runId = await world.run(definition);
  await waitFor(async () => (await world.pages(runId)).length === 2, { what: 'two pages' });

  await world.service[Symbol.asyncDispose]();
  const recorded = await world.pages(runId);
  await using _second = await startExtractor(
    readConfig({
      DATABASE_URL: world.databaseUrl,
      NATS_URL: world.natsUrl,
      TIDEMARK_DISCOVERY_MS: '100',
    }),
  );
  const batches = await world.finished(runId);

  expect(recorded.length).toBeLessThan(6);
  expect(batches.flatMap((batch) => batch.records)).toHaveLength(60);
  expect(source.requests).toHaveLength(6);
});

test('settings that are missing or wrong are all named at once', () => {
  expect(() => readConfig({ TIDEMARK_LANES: 'many', TIDEMARK_HTTP_PORT: '-1' })).toThrow(
    /(?=[^]*DATABASE_URL)(?=[^]*TIDEMARK_LANES)(?=[^]*TIDEMARK_HTTP_PORT)/,
  );
});
