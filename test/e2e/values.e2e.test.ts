import { startRecords, type RecordsSimulator } from '@tidemark/simulators';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestStack, type TestStack } from './stack/test-stack.ts';

let source: RecordsSimulator;
let stack: TestStack;

function valuesYaml(baseUrl: string): string {
  return `
name: values
source: { name: values, baseUrl: '${baseUrl}', attempts: 2, retryDelay: 100ms, maxResponseBytes: 33554432 }
request: { path: /records, records: data }
paginate: { kind: page, size: { param: per_page, value: 20000 }, totalPages: pages }
incremental: { kind: full }
limits: { maxRejects: 1 }
target:
  kind: table
  table: vals
  key: [id]
  fields:
    id: { type: bigint }
    exact: { type: numeric }
    seen_at: { type: timestamptz }
    ratio: { type: numeric }
    note: { type: text }
    tags: { type: 'text[]' }
    extra: { type: jsonb }
`;
}

function rawYaml(baseUrl: string): string {
  return `
name: landing
source: { name: values, baseUrl: '${baseUrl}', maxResponseBytes: 33554432 }
request: { path: /records, records: data }
paginate: { kind: page, size: { param: per_page, value: 20000 }, totalPages: pages }
incremental: { kind: full }
target: { kind: raw, table: dados_raw_cliente_2151_pedidos, referenceDate: seen_at }
`;
}

/** Replaces everything that the source has. */
function serve(rows: readonly string[]): void {
  source.control.delete(
    source.control.content().map((text) => /"id":"?([-.\d]+)/.exec(text)?.[1] ?? ''),
  );
  source.control.upsert(rows);
}

async function valuesOf(sql: string): Promise<Record<string, unknown>[]> {
  const { rows } = await stack.pool.query<Record<string, unknown>>(sql);
  return rows;
}

beforeAll(async () => {
  source = await startRecords();
  stack = await startTestStack({
    definitions: { 'values.yaml': valuesYaml(source.url), 'landing.yaml': rawYaml(source.url) },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source.stop();
});

describe('values arrive as they were sent', () => {
  test('64-bit ids, 30-digit decimals and microseconds, digit for digit', async () => {
    serve([
      '{"id":9223372036854775807,"exact":123456789012345678901234567.123,"seen_at":"2026-03-29T01:59:59.999999+01:00"}',
      '{"id":-9223372036854775808,"exact":0.000000000000000000000000000001,"seen_at":"1970-01-01T00:00:00.000001Z"}',
      '{"id":9007199254740993,"exact":-1.10,"seen_at":null}',
    ]);

    const run = await stack.run('values');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: 3,
    });
    expect(
      await valuesOf(
        `select id::text, exact::text, to_char(seen_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS.US') as seen_at
           from public.vals order by id`,
      ),
    ).toEqual([
      {
        id: '-9223372036854775808',
        exact: '0.000000000000000000000000000001',
        seen_at: '1970-01-01 00:00:00.000001',
      },
      { id: '9007199254740993', exact: expect.stringMatching(/^-1\.10?$/), seen_at: null },
      {
        id: '9223372036854775807',
        exact: '123456789012345678901234567.123',
        seen_at: '2026-03-29 00:59:59.999999',
      },
    ]);
  });

  test('NaN, infinities and empty texts are NULL in columns that are not text; zero bytes are taken out', async () => {
    serve([
      String.raw`{"id":1,"ratio":"NaN","exact":"Infinity","seen_at":"","note":"NaN"}`,
      String.raw`{"id":2,"ratio":"","note":"a\u0000b","tags":["x\u0000","y,{}\"\\"],"extra":{"k":"\u0000z"}}`,
      String.raw`{"id":3,"ratio":"-Infinity","note":"tab\tnew\nline\\N \\. é 日本"}`,
    ]);

    const run = await stack.run('values');

    expect(run.status, await stack.describe(run.id)).toBe('success');
    expect(
      await valuesOf(
        'select id::int, ratio, exact, seen_at, note, tags, extra from public.vals where id in (1, 2, 3) order by id',
      ),
    ).toEqual([
      { id: 1, ratio: null, exact: null, seen_at: null, note: 'NaN', tags: null, extra: null },
      {
        id: 2,
        ratio: null,
        exact: null,
        seen_at: null,
        note: 'ab',
        tags: ['x', 'y,{}"\\'],
        extra: { k: 'z' },
      },
      {
        id: 3,
        ratio: null,
        exact: null,
        seen_at: null,
        note: 'tab\tnew\nline\\N \\. é 日本',
        tags: null,
        extra: null,
      },
    ]);
  });

  test('a record of 900 KB is loaded, one of 5 MB is rejected and said why', async () => {
    const large = 'x'.repeat(900 * 1024);
    serve([
      `{"id":10,"note":"${large}"}`,
      `{"id":11,"note":"${'y'.repeat(5 * 1024 * 1024)}"}`,
      `{"id":12,"note":"small"}`,
    ]);

    const run = await stack.run('values');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_processed: 3,
      records_rejected: 1,
    });
    expect(
      await valuesOf(
        'select id::int, length(note) from public.vals where id in (10, 11, 12) order by id',
      ),
    ).toEqual([
      { id: 10, length: large.length },
      { id: 12, length: 5 },
    ]);
    const letters = await valuesOf(
      `select kind, code, length(payload) <= 65536 as cut from tidemark.dead_letters where run_id = '${run.id}'`,
    );
    expect(letters).toEqual([{ kind: 'record', code: 'RECORD_TOO_LARGE', cut: true }]);
  });

  test('an empty page and a page of one record', async () => {
    serve([]);
    expect(await stack.run('values')).toMatchObject({ status: 'success', records_processed: 0 });

    serve(['{"id":20,"note":"alone"}']);
    expect(await stack.run('values')).toMatchObject({ status: 'success', records_inserted: 1 });
  });

  test('a page of 20,000 records', async () => {
    serve(Array.from({ length: 20_000 }, (_, at) => `{"id":${100_000 + at},"note":"n ${at}"}`));

    const run = await stack.run('values');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      pages_read: 1,
      records_inserted: 20_000,
    });
    expect(
      await valuesOf(
        'select count(*)::int, count(distinct note)::int as notes from public.vals where id between 100000 and 200000',
      ),
    ).toEqual([{ count: 20_000, notes: 20_000 }]);
  });

  test('a key twice in a page: the last one stays, and each record is counted once', async () => {
    // The simulator keeps one row per id, so the same key is written as a number and as a text.
    serve([
      '{"id":30,"note":"first"}',
      '{"id":"30.5","note":"refused"}',
      '{"id":"030","note":"second"}',
    ]);

    const run = await stack.run('values');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_processed: 3,
      records_inserted: 1,
      records_stale: 1,
      records_rejected: 1,
    });
    expect(await valuesOf('select count(*)::int from public.vals where id = 30')).toEqual([
      { count: 1 },
    ]);
  });

  test('a raw target keeps each distinct payload once, whatever the order of its keys', async () => {
    serve([
      '{"id":1,"seen_at":"2025-01-15","total":10.50,"big":12345678901234567890}',
      '{"id":2,"seen_at":"2025-01-16","total":11}',
    ]);
    expect(await stack.run('landing')).toMatchObject({ status: 'success', records_inserted: 2 });

    serve([
      '{"big":12345678901234567890,"total":10.50,"seen_at":"2025-01-15","id":1}',
      '{"id":2,"seen_at":"2025-01-16","total":12}',
    ]);
    const again = await stack.run('landing');

    expect(again, await stack.describe(again.id)).toMatchObject({
      status: 'success',
      records_inserted: 1,
      records_unchanged: 1,
    });
    expect(
      await valuesOf(
        `select reference_date::text, payload ->> 'total' as total, payload ->> 'big' as big
           from public.dados_raw_cliente_2151_pedidos order by reference_date, total`,
      ),
    ).toEqual([
      {
        reference_date: '2025-01-15',
        total: expect.stringMatching(/^10\.50?$/),
        big: '12345678901234567890',
      },
      { reference_date: '2025-01-16', total: '11', big: null },
      { reference_date: '2025-01-16', total: '12', big: null },
    ]);
  });
});
