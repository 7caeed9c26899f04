import { readFileSync } from 'node:fs';
import { freshDatabase } from '@tidemark/testkit';
import pg from 'pg';
import { expect, test } from 'vitest';

/** The question that KEDA asks PostgreSQL for the extractor's backlog. */
function backlogQuery(): string {
  const file = new URL('../../k8s/components/keda/extractor.yaml', import.meta.url);
  const [, query = ''] = /query: >-\n((?: {10}.*\n)+)/.exec(readFileSync(file, 'utf8')) ?? [];
  return query;
}

test('the backlog of the extractor is the chunks that are being read, of runs that go on', async () => {
  await using database = await freshDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    const before = await client.query({ text: backlogQuery(), rowMode: 'array' });
    await client.query(`
      with runs as (
        insert into tidemark.collector_runs (id, collector_name, revision, class, mode, status, triggered_by)
        values (gen_random_uuid(), 'a', 'r', 'live', 'incremental', 'running', 'command'),
               (gen_random_uuid(), 'b', 'r', 'live', 'incremental', 'paused', 'command')
        returning id)
      insert into tidemark.chunks (run_id, chunk_id, status, partition, task)
      select id, n, s, '{}', '{}' from runs, (values (0, 'active'), (1, 'waiting'), (2, 'active'), (3, 'done')) as v (n, s)`);
    const after = await client.query({ text: backlogQuery(), rowMode: 'array' });

    expect(before.rows).toEqual([[0]]);
    expect(after.rows).toEqual([[2]]);
  } finally {
    await client.end();
  }
});
