import {
  startGithubIssues,
  startOpenMeteo,
  type GithubIssuesSimulator,
  type OpenMeteoSimulator,
} from '@tidemark/simulators';
import { waitFor } from '@tidemark/testkit';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startKeysetSource, type KeysetRow, type KeysetSource } from './stack/keyset-source.ts';
import { startShiftingSource, type ShiftingSource } from './stack/shifting-source.ts';
import { oneOfEach, startTestStack, type TestStack } from './stack/test-stack.ts';

const place = { latitude: -23.5, longitude: -46.6 };
const dayMs = 86_400_000;

let github: GithubIssuesSimulator;
let meteo: OpenMeteoSimulator;
let shifting: ShiftingSource;
let ties: KeysetSource;
let stack: TestStack;
/** GitHub's clock, which the test moves: never ahead of the real one. */
let githubMs = Date.UTC(2026, 1, 7, 2, 30);

/** 10,000 rows of one moment, and some before and after it. */
const tied: readonly KeysetRow[] = [
  ...Array.from({ length: 40 }, (_, id) => ({ id, at: `2024-01-02T00:00:00.0000${id + 10}Z` })),
  ...Array.from({ length: 10_000 }, (_, id) => ({
    id: id + 40,
    at: '2024-03-01T12:00:00.123456Z',
  })),
  ...Array.from({ length: 37 }, (_, id) => ({
    id: id + 10_040,
    at: `2024-05-02T00:00:${id + 10}.000001Z`,
  })),
];

/** A collector of the list that moves; `paging` says how it guards itself. */
function listYaml(name: string, incremental: string, drift: string): string {
  return `
name: ${name}
source: { name: ${name}, baseUrl: '${shifting.url}' }
request: { path: /rows, records: data }
paginate: { kind: offset, size: { param: limit, value: 20 }${drift} }
incremental: ${incremental}
target:
  kind: table
  table: ${name}
  key: [id]
  fields:
    id: { type: bigint }
    value: { type: bigint }
`;
}

beforeAll(async () => {
  github = await startGithubIssues({ issues: 250, clock: () => githubMs });
  meteo = await startOpenMeteo();
  shifting = await startShiftingSource(400);
  ties = await startKeysetSource(tied);
  const firstDay = new Date(Date.now() - 40 * dayMs).toISOString().slice(0, 10);
  stack = await startTestStack({
    definitions: {
      'github.yaml': `
extends: github-issues
source: { baseUrl: '${github.url}', retryDelay: 50ms }
partitions: [{ owner: octocat, repo: hello-world }]
incremental: { start: '2025-01-01' }
`,
      'meteo.yaml': `
extends: open-meteo
source: { baseUrl: '${meteo.url}', rate: { requests: 1000, per: 1s } }
partitions: [{ place: sao-paulo, latitude: -23.5, longitude: -46.6 }]
incremental: { from: '${firstDay}' }
`,
      'guarded.yaml': listYaml(
        'guarded',
        '{ kind: snapshot, deletions: remove, maxDeletedShare: 1 }',
        ', drift: { by: overlap, records: 2, rereads: 10 }',
      ),
      'counted.yaml': listYaml(
        'counted',
        '{ kind: full }',
        ', totalRecords: total, drift: { by: total, rereads: 10 }',
      ),
      'ties.yaml': `
name: ties
source: { name: ties, baseUrl: '${ties.url}' }
request: { path: /rows, records: data }
paginate: { kind: keyset, after: { since: at, after_id: id }, size: { param: limit, value: 100 } }
incremental: { kind: cursor, field: at, from: since, start: '2024-01-01' }
target:
  kind: table
  table: ties
  key: [id]
  fields:
    id: { type: bigint }
    at: { type: timestamptz, required: true }
`,
      'naive.yaml': listYaml('naive', '{ kind: full }', ''),
    },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await github.stop();
  await meteo.stop();
  await shifting[Symbol.asyncDispose]();
  await ties[Symbol.asyncDispose]();
});

async function linesOf(sql: string): Promise<string[]> {
  const { rows } = await stack.pool.query<{ line: unknown }>(sql);
  return rows.map(({ line }) => JSON.stringify(line)).toSorted();
}

describe('github-issues', () => {
  async function expectIssues(): Promise<void> {
    const expected = github.control
      .content()
      .map((issue) =>
        JSON.stringify([
          issue.id,
          'octocat',
          issue.number,
          issue.title,
          issue.body,
          issue.state,
          issue.comments,
          issue.pull_request?.url ?? null,
          Date.parse(issue.updated_at),
        ]),
      );
    const lines = await linesOf(
      `select jsonb_build_array(id, owner, number, title, body, state, comments, pull_request_url,
                                tidemark.to_micros(changed_at) / 1000) as line
         from public.github_issues`,
    );
    expect(lines).toEqual(expected.toSorted());
  }

  test('the first run reads all pages, open and closed, and waits where it is told to', async () => {
    github.control.closeIssues(30);
    const body = '{"message":"You have exceeded a secondary rate limit. Please wait."}';
    github.control.failNext({ kind: 'status', status: 403, body, retryAfter: '1' });

    const run = await stack.run('github-issues');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      pages_read: 3,
      records_inserted: 250,
      records_rejected: 0,
    });
    await expectIssues();
  });

  test('changes since then: exactly those are written', async () => {
    githubMs += 5 * 60_000;
    github.control.openIssues(4);
    github.control.comment(20);

    const run = await stack.run('github-issues');

    expect(run, await stack.describe(run.id)).toMatchObject({ status: 'success', pages_read: 1 });
    expect(run.records_inserted).toBe(4);
    // A comment may meet one of the four.
    expect(run.records_updated).toBeGreaterThan(15);
    await expectIssues();
  });

  test('nothing has changed: one request that counts nothing, and the watermark moves on', async () => {
    githubMs += 5 * 60_000;
    const used = github.control.usedQuota();

    const run = await stack.run('github-issues');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_processed: 0,
    });
    expect(github.requests.at(-1)?.status).toBe(304);
    expect(github.control.usedQuota()).toBe(used);
    const [mark] = await linesOf(
      `select upper(covered) > ${(githubMs - 120_000) * 1_000} as line
         from tidemark.watermarks where collector_name = 'github-issues'`,
    );
    expect(mark).toBe('true');
  });

  test('one changed issue after an unchanged answer is found', async () => {
    githubMs += 5 * 60_000;
    github.control.comment(1);

    const run = await stack.run('github-issues');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: 0,
      records_updated: 1,
    });
    await expectIssues();
  });
});

describe('open-meteo', () => {
  async function expectWeather(): Promise<void> {
    const { rows } = await stack.pool.query<{ ms: number; values: (string | null)[] }>(
      `select (extract(epoch from time) * 1000)::float8 as ms,
              array[temperature_2m, relative_humidity_2m, precipitation, wind_speed_10m]::text[] as values
         from public.open_meteo_hourly where place = 'sao-paulo'`,
    );
    expect(rows.length % 24).toBe(0);
    for (const { ms, values } of rows) {
      const expected = (
        ['temperature_2m', 'relative_humidity_2m', 'precipitation', 'wind_speed_10m'] as const
      ).map((variable) => meteo.control.valueAt(place, variable, ms));
      expect(values.map((value) => (value === null ? null : Number(value)))).toEqual(expected);
    }
  }

  test('columns become rows, up to the day that the source has', async () => {
    const run = await stack.run('open-meteo');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: 35 * 24,
      records_rejected: 0,
    });
    await expectWeather();
  });

  test('replaced values are found in the newest two weeks, in one request', async () => {
    meteo.control.revise(place, { count: 9, withinDays: 4 });
    meteo.control.resetStats();

    const run = await stack.run('open-meteo');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: 0,
    });
    expect(run.records_updated).toBeGreaterThan(0);
    expect(meteo.stats.requests).toBeLessThanOrEqual(2);
    await expectWeather();
  });
});

describe('pages that follow the last record, by its time and its id', () => {
  async function expectTies(): Promise<void> {
    const lines = await linesOf(
      `select id || ' ' || to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as line from public.ties`,
    );
    expect(lines).toEqual(tied.map(({ id, at }) => JSON.stringify(`${id} ${at}`)).toSorted());
  }

  test('10,000 rows of one moment, a hundred at a time, with extractor and loader killed in the middle', async () => {
    const runId = await stack.startRun('ties');
    await waitFor(
      async () =>
        (await stack.pool.query('select from tidemark.pages where run_id = $1 offset 30', [runId]))
          .rowCount,
      { what: 'a third of the pages', timeoutMs: 150_000 },
    );
    await Promise.all([stack.kill('extractor'), stack.kill('loader')]);
    await Promise.all(
      oneOfEach
        .filter(({ id }) => id === 'extractor' || id === 'loader')
        .map((instance) => stack.start(instance)),
    );
    const run = await stack.ended(runId, 150_000);

    expect(run, await stack.describe(runId)).toMatchObject({
      status: 'success',
      pages_read: 101,
      records_inserted: tied.length,
      records_updated: 0,
      records_rejected: 0,
    });
    await expectTies();
  });

  test('the next run asks for what is newer, in one page', async () => {
    const before = ties.answered();

    const run = await stack.run('ties');

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      records_inserted: 0,
    });
    expect(ties.answered() - before).toBe(1);
    await expectTies();
  });
});

describe('a source that inserts and deletes while it is paged', () => {
  /** Rows that were there before and after, and are not in the table. */
  async function lostOf(table: string, before: ReadonlyMap<number, number>): Promise<number[]> {
    const after = shifting.rows();
    const { rows } = await stack.pool.query<{ id: number }>(`select id::int from public.${table}`);
    const loaded = new Set(rows.map(({ id }) => id));
    return [...before.keys()].filter((id) => after.has(id) && !loaded.has(id));
  }

  test('loses rows where nobody looks', async () => {
    const before = shifting.rows();
    shifting.shift(12);

    const run = await stack.run('naive');

    expect(run.status).toBe('success');
    expect((await lostOf('naive', before)).length).toBeGreaterThan(0);
  });

  test.each(['guarded', 'counted'])('loses none where it is noticed: %s', async (name) => {
    const before = shifting.rows();
    shifting.shift(12);

    const run = await stack.run(name);

    expect(run, await stack.describe(run.id)).toMatchObject({ status: 'success' });
    expect(await lostOf(name, before)).toEqual([]);
    const warnings = await linesOf(
      `select unnest(warnings) as line from tidemark.collector_runs where id = '${run.id}'`,
    );
    expect(warnings).toContainEqual(expect.stringContaining('a window was read again'));
    // The window was begun again, which the plain number of pages does not explain.
    expect(run.pages_read).toBeGreaterThan(Math.ceil(before.size / 18) + 1);
  });

  test('and when it holds still, the target equals it', async () => {
    const run = await stack.run('guarded');

    expect(run, await stack.describe(run.id)).toMatchObject({ status: 'success' });
    const lines = await linesOf('select jsonb_build_array(id, value) as line from public.guarded');
    expect(lines).toEqual([...shifting.rows()].map((row) => JSON.stringify(row)).toSorted());
  });
});
