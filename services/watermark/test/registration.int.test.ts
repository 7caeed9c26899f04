import { createDefinitions } from '@tidemark/bus';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Harness, yamlOf } from './harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await Harness.open();
  await harness.define('good', yamlOf('good'));
  await Promise.all([harness.start(), harness.start()]);
});
afterAll(() => harness[Symbol.asyncDispose]());

interface CollectorState {
  readonly status: string;
  readonly revision: string | null;
  readonly error_message: string | null;
}

async function collector(name: string): Promise<CollectorState | undefined> {
  const { rows } = await harness.pool.query<CollectorState>(
    'select status, revision, error_message from tidemark.collectors where name = $1',
    [name],
  );
  return rows[0];
}

const columnsOf = async (table: string): Promise<string[]> => {
  const { rows } = await harness.pool.query<{ column: string }>(
    `select column_name || ' ' || data_type as column from information_schema.columns
      where table_name = $1 order by ordinal_position`,
    [table],
  );
  return rows.map(({ column }) => column);
};

test('a valid definition gets its table, budget, consumers and published revision', async () => {
  const state = await collector('good');

  expect(state).toMatchObject({ status: 'ready', error_message: null });
  expect(await columnsOf('good')).toEqual([
    'id bigint',
    'name text',
    'created_at timestamp with time zone',
    'updated_at timestamp with time zone',
    '_run_id uuid',
    '_batch_id bigint',
    '_asked_at timestamp with time zone',
  ]);
  const budget = await harness.pool.query(
    `select interval_us::integer as interval from tidemark.rate_limits where key = 'good-source'`,
  );
  // Five in each second, 3 % wider for what is late on its way.
  expect(budget.rows).toEqual([{ interval: 206_000 }]);
  const published = await createDefinitions(harness.bus).get('good', state?.revision ?? '');
  expect(published).toMatchObject({ name: 'good' });
  const consumer = await harness.bus.jsm.consumers.info('EXTRACT_LIVE', 'extract-good');
  expect(consumer.config.max_ack_pending).toBe(1);
});

test('a straight copy into a target takes run, batch and time of asking from the session', async () => {
  const client = await harness.pool.connect();
  await client.query('begin');
  await client.query(`
    select set_config('tidemark.run_id', '11111111-1111-4111-8111-111111111111', true),
           set_config('tidemark.batch_id', '7', true),
           set_config('tidemark.asked_at_us', '1704067200123456', true)`);
  await client.query(`insert into public.good (id, name) values (1, 'a')`);
  await client.query('commit');
  await client.query(`insert into public.good (id, name) values (2, 'b')`);
  client.release();

  const { rows } = await harness.pool.query(
    `select id, _run_id, _batch_id, tidemark.to_micros(_asked_at)::text as asked from public.good order by id`,
  );
  expect(rows).toEqual([
    {
      id: '1',
      _run_id: '11111111-1111-4111-8111-111111111111',
      _batch_id: '7',
      asked: '1704067200123456',
    },
    { id: '2', _run_id: null, _batch_id: null, asked: null },
  ]);
});

describe('a definition with mistakes', () => {
  test('is reported with all of them, refuses commands, and is mended without a restart', async () => {
    await harness.define(
      'wrong',
      `
name: wrong
source: { name: s, baseUrl: 'nowhere' }
request: { path: 'no-slash' }
incremental: { kind: cursor, field: at, from: since, start: 'once' }
target: { kind: table, table: wrong, key: [nothing], fields: { id: { type: number } } }
schedule: { cron: 'every day' }
colour: red
`,
    );
    const state = await waitFor(() => collector('wrong'), { what: 'the report' });

    expect(state).toMatchObject({ status: 'invalid', revision: null });
    for (const path of [
      'source.baseUrl',
      'request.path',
      'incremental.start',
      'target.fields.id.type',
      'schedule.cron',
      'colour',
    ]) {
      expect(state.error_message).toContain(path);
    }
    await harness.command('run', 'wrong');
    expect(await harness.answer('wrong')).toMatchObject({
      outcome: 'refused',
      reasons: [expect.stringMatching(/^COLLECTOR_DISABLED: .*source\.baseUrl/)],
    });

    await harness.define('wrong', yamlOf('wrong'));
    await waitFor(async () => (await collector('wrong'))?.status === 'ready', { what: 'ready' });
    expect((await collector('wrong'))?.error_message).toBeNull();
  });

  test('leaves the last good revision in use', async () => {
    await harness.define('shaky', yamlOf('shaky'));
    const good = await waitFor(() => collector('shaky'), { what: 'the first revision' });

    await harness.define('shaky', `${yamlOf('shaky')}\ncolour: red`);
    const bad = await waitFor(
      async () => {
        const state = await collector('shaky');
        return state?.status === 'invalid' ? state : undefined;
      },
      { what: 'the report' },
    );

    expect(bad.revision).toBe(good.revision);
    await harness.command('run', 'shaky');
    expect(await harness.answer('shaky')).toMatchObject({ outcome: 'accepted' });
  });

  test('leaves the last good revision in use, also when the file is named otherwise and lost its name', async () => {
    await harness.define('some-file', yamlOf('other-name'));
    const good = await waitFor(() => collector('other-name'), { what: 'the first revision' });

    await harness.define('some-file', 'name: [');
    const bad = await waitFor(
      async () => {
        const state = await collector('other-name');
        return state?.status === 'invalid' ? state : undefined;
      },
      { what: 'the report' },
    );

    expect(bad.revision).toBe(good.revision);
    expect(bad.error_message).toMatch(/some-file\.yaml: is not YAML/);
    expect(await collector('some-file')).toBeUndefined();
  });

  test('that is not even YAML is reported under the name of its file', async () => {
    await harness.define('torn', 'name: [');

    const state = await waitFor(() => collector('torn'), { what: 'the report' });

    expect(state.error_message).toMatch(/torn\.yaml: is not YAML/);
  });
});

describe('a target', () => {
  test('gets the columns that a new revision declares, with its rows untouched', async () => {
    await harness.define('growing', yamlOf('growing'));
    await waitFor(() => collector('growing'), { what: 'the table' });
    await harness.pool.query(`insert into public.growing (id, name) values (1, 'a')`);

    await harness.define(
      'growing',
      yamlOf('growing').replace(
        'name: { type: text }',
        'name: { type: text }, size: { type: numeric }',
      ),
    );
    await waitFor(async () => (await columnsOf('growing')).includes('size numeric'), {
      what: 'the column',
    });

    const { rows } = await harness.pool.query('select id, name, size from public.growing');
    expect(rows).toEqual([{ id: '1', name: 'a', size: null }]);
  });

  test('that is of another type is told and changes nothing', async () => {
    await harness.pool.query('create table public.taken (id text primary key, name text)');
    await harness.define('taken', yamlOf('taken'));

    const state = await waitFor(() => collector('taken'), { what: 'the report' });

    expect(state).toMatchObject({ status: 'blocked', revision: null });
    expect(state.error_message).toMatch(/id is text, not bigint/);
    expect(await columnsOf('taken')).toEqual(['id text', 'name text']);
  });

  test('for raw payloads keeps each content once and finds them by date', async () => {
    await harness.define(
      'landing',
      yamlOf('landing').replace(
        /target:[^]*?limits/,
        'target: { kind: raw, schema: lake, table: landing }\nlimits',
      ),
    );
    await waitFor(async () => (await collector('landing'))?.status === 'ready', { what: 'ready' });

    expect((await columnsOf('landing')).slice(0, 4)).toEqual([
      'id bigint',
      'content_hash text',
      'reference_date date',
      'payload jsonb',
    ]);
    const insert = `insert into lake.landing (content_hash, payload) values ('x', '{}')`;
    await harness.pool.query(insert);
    await expect(harness.pool.query(insert)).rejects.toThrow(/unique/);
  });
});

test('streams, consumers and definitions that NATS lost are made again', async () => {
  const revision = (await collector('good'))?.revision ?? '';
  for (const stream of ['EXTRACT_LIVE', 'RAW_LIVE']) await harness.bus.jsm.streams.delete(stream);
  // The bucket is emptied, not deleted: nats-server 2.9.10 dies when a message is read from a stream that is being deleted.
  await harness.bus.jsm.streams.purge('KV_tidemark_definitions');

  await waitFor(() => createDefinitions(harness.bus).get('good', revision), {
    what: 'the definition',
  });
  await waitFor(() => harness.bus.jsm.consumers.info('EXTRACT_LIVE', 'extract-good'), {
    what: 'the consumer',
  });
  await waitFor(() => harness.bus.jsm.streams.info('RAW_LIVE'), { what: 'the stream' });
});

test('a run that is active when its definition is removed keeps its consumer', async () => {
  await harness.define('leaving', yamlOf('leaving'));
  await waitFor(() => collector('leaving'), { what: 'the collector' });
  await harness.command('run', 'leaving');
  expect(await harness.answer('leaving')).toMatchObject({ outcome: 'accepted' });
  const { rm } = await import('node:fs/promises');
  await rm(`${harness.folder}/leaving.yaml`);
  await waitFor(async () => (await collector('leaving'))?.revision === null, { what: 'its end' });

  await harness.bus.jsm.consumers.delete('EXTRACT_LIVE', 'extract-leaving');

  await waitFor(() => harness.bus.jsm.consumers.info('EXTRACT_LIVE', 'extract-leaving'), {
    what: 'the consumer',
    timeoutMs: 8_000,
  });
});

test('a removed definition takes its collector out of use', async () => {
  await harness.define('brief', yamlOf('brief'));
  await waitFor(() => collector('brief'), { what: 'the collector' });

  const { rm } = await import('node:fs/promises');
  await rm(`${harness.folder}/brief.yaml`);

  await waitFor(async () => (await collector('brief'))?.revision === null, { what: 'its end' });
  await harness.command('run', 'brief');
  expect(await harness.answer('brief')).toMatchObject({
    reasons: [expect.stringMatching(/removed/)],
  });
});

test('another cursor is refused while something is covered, and begins anew once nothing is', async () => {
  const yaml = (incremental: string, extra = ''): string =>
    yamlOf('moody', extra).replace(/^incremental:.*$/m, `incremental: ${incremental}`);
  const times = '{ kind: cursor, field: seen, from: since, start: "2024-01-01" }';
  const integers =
    '{ kind: cursor, field: id, unit: integer, format: integer, from: since, start: "0" }';
  const withSeen = (text: string): string =>
    text.replace('fields: {', 'fields: { seen: { type: timestamptz }, ');
  const isSaid = async (text: RegExp) => text.test((await collector('moody'))?.error_message ?? '');
  await harness.define('moody', withSeen(yaml(times)));
  await waitFor(async () => (await collector('moody'))?.status === 'ready', { what: 'moody' });
  await harness.pool.query(
    `insert into tidemark.watermarks (collector_name, partition, unit, floor, covered)
     values ('moody', '{}', 'time', 5, '{[5,9)}')`,
  );

  await harness.define('moody', withSeen(yaml(integers)));
  await waitFor(() => isSaid(/incremental\.unit was time, now it is integer/), {
    what: 'a refusal',
  });
  expect(await collector('moody')).toMatchObject({ status: 'blocked' });

  await harness.pool.query(
    `update tidemark.watermarks set covered = '{}' where collector_name = 'moody'`,
  );
  await harness.define('moody', withSeen(yaml(integers, 'description: again')));
  await waitFor(async () => (await collector('moody'))?.status === 'ready', {
    what: 'moody again',
  });
  const left = await harness.pool.query(
    `select from tidemark.watermarks where collector_name = 'moody'`,
  );
  expect(left.rowCount).toBe(0);
});

test('another cursor is refused while a run asks by the old one, and when its definition was away meanwhile', async () => {
  const yaml = (field: string): string =>
    yamlOf('wanderer')
      .replace(
        /^incremental:.*$/m,
        `incremental: { kind: cursor, field: ${field}, from: since, start: "2024-01-01" }`,
      )
      .replace('fields: {', 'fields: { seen: { type: timestamptz }, made: { type: timestamptz },');
  const state = () => collector('wanderer');
  const refusal = /incremental\.field was seen, now it is made/;
  await harness.define('wanderer', yaml('seen'));
  await waitFor(async () => (await state())?.status === 'ready', { what: 'wanderer' });
  await harness.command('run', 'wanderer');
  const { run_id: run } = await harness.answer('wanderer');

  await harness.define('wanderer', yaml('made'));
  await waitFor(async () => (await state())?.status !== 'ready' || undefined, {
    what: 'a refusal',
  });
  expect(await state()).toMatchObject({
    status: 'blocked',
    error_message: expect.stringMatching(refusal),
  });

  await harness.finishRun(run ?? '', 'wanderer');
  const { rm } = await import('node:fs/promises');
  await rm(`${harness.folder}/wanderer.yaml`);
  await waitFor(async () => (await state())?.revision === null, { what: 'its end' });
  await harness.define('wanderer', yaml('made'));
  await waitFor(async () => (await state())?.status === 'blocked', { what: 'another refusal' });
  expect((await state())?.error_message).toMatch(refusal);
});

test('a command for a collector whose file came just now is no mistake', async () => {
  await using fresh = await Harness.open();
  // Nobody looks by himself in the time of this test.
  await fresh.start({ TIDEMARK_SWEEP_MS: '600000' });
  await fresh.define('newcomer', yamlOf('newcomer'));

  await fresh.command('run', 'newcomer');
  await fresh.command('run', 'nobody');

  expect(await fresh.answer('newcomer')).toMatchObject({ outcome: 'accepted', reasons: [] });
  expect(await fresh.answer('nobody')).toMatchObject({
    outcome: 'refused',
    reasons: [expect.stringContaining('COLLECTOR_UNKNOWN')],
  });
});
