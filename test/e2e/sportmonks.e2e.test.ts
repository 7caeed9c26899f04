import { startSportmonks, type SportmonksSimulator } from '@tidemark/simulators';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestStack, type TestStack } from './stack/test-stack.ts';

let source: SportmonksSimulator;
let stack: TestStack;

beforeAll(async () => {
  source = await startSportmonks({ token: 'T0K3N', fixturesPerSeason: 60 });
  const common = `source: { baseUrl: '${source.url}', retryDelay: 50ms, rate: { requests: 1000, per: 1s, body: null } }`;
  stack = await startTestStack({
    definitions: {
      'seasons.yaml': `extends: sportmonks-seasons\n${common}\n`,
      'fixtures.yaml': `extends: sportmonks-fixtures\n${common}\n`,
      'details.yaml': `extends: sportmonks-details\n${common}\nincremental: { perRequest: 7, maxAge: 0s, missing: { after: 0s, attempts: 2 } }\n`,
    },
    envOf: {
      extractor: {
        TIDEMARK_SECRET_SPORTMONKS: 'T0K3N',
        TIDEMARK_SECRET_SPORTMONKS_HOSTS: '127.0.0.1',
      },
    },
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  await source?.stop();
});

async function succeed(collector: string, payload: Record<string, unknown> = {}) {
  const run = await stack.run(collector, payload);
  expect(run, await stack.describe(run.id)).toMatchObject({
    status: 'success',
    records_rejected: 0,
  });
  const { rows } = await stack.pool.query<{ deleted: number; missing: number }>(
    'select records_deleted::int as deleted, ids_missing::int as missing from tidemark.collector_runs where id = $1',
    [run.id],
  );
  return { ...run, ...rows[0] };
}

/** The fixtures of seasons that are not over, as the source lists them now, against those of the table without a mark. */
async function expectFixtures(): Promise<void> {
  const open = new Set(
    source.control
      .seasons()
      .filter(({ finished }) => !finished)
      .map(({ id }) => id),
  );
  const expected = source.control
    .matches()
    .filter(({ fixture }) => open.has(fixture.season_id))
    .map(
      ({ fixture: f }) =>
        `${f.id} ${f.league_id} ${f.season_id} ${f.state_id} ${f.starting_at_timestamp} ${f.result_info ?? '-'}`,
    );
  const { rows } = await stack.pool.query<{ line: string }>(
    `select concat_ws(' ', id, league_id, season_id, state_id, extract(epoch from starting_at)::bigint, coalesce(result_info, '-')) as line
       from public.sportmonks_fixtures where _deleted_at is null`,
  );
  expect(rows.map(({ line }) => line).toSorted()).toEqual(expected.toSorted());
}

/** Every fixture that was ever asked for and is still there has the scores that the source has. */
async function expectDetails(): Promise<void> {
  const { rows } = await stack.pool.query<{ id: string; goals: number[] }>(
    `select id, jsonb_path_query_array(scores, '$[*].score.goals') as goals from public.sportmonks_details`,
  );
  const goals = new Map(
    source.control.matches().map(({ fixture, goals: each }) => [String(fixture.id), each]),
  );
  for (const row of rows)
    if (goals.has(row.id)) expect(row.goals, row.id).toEqual(goals.get(row.id));
  await expectParticipants(new Set(rows.map(({ id }) => id)));
}

/** Each of these fixtures that is still there has the two teams that the source has, and there are no others. */
async function expectParticipants(fixtures: ReadonlySet<string>): Promise<void> {
  const expected = source.control
    .matches()
    .filter(({ fixture }) => fixtures.has(String(fixture.id)))
    .flatMap(({ fixture, teams: [home, away] }) => [
      `${fixture.id} ${home} Team ${home} home`,
      `${fixture.id} ${away} Team ${away} away`,
    ]);
  const { rows } = await stack.pool.query<{ line: string }>(
    `select concat_ws(' ', fixture_id, team_id, name, location) as line
       from public.sportmonks_participants where fixture_id = any($1)`,
    [source.control.matches().map(({ fixture }) => fixture.id)],
  );
  expect(rows.map(({ line }) => line).toSorted()).toEqual(expected.toSorted());
}

const targets = () => source.requests.map(({ target }) => target);

test('seasons are read whole; the unfinished ones are the partitions of the fixtures', async () => {
  await succeed('sportmonks-seasons');
  const run = await succeed('sportmonks-fixtures');

  expect(run).toMatchObject({ records_inserted: 180, records_updated: 0 });
  const { rows } = await stack.pool.query(
    'select partition, status from tidemark.chunks where run_id = $1 order by priority desc',
    [run.id],
  );
  expect(rows.map(({ partition }) => JSON.parse(partition).league)).toEqual([501, 82, 8]);
  await expectFixtures();
});

test('the ids of the fixtures are asked for in groups; those that are over never again', async () => {
  source.control.finish(20);
  await succeed('sportmonks-fixtures');
  const first = await succeed('sportmonks-details');
  expect(first).toMatchObject({ records_inserted: 180, missing: 0 });
  expect(
    targets().some(
      (target) => target.includes('/fixtures/multi/') && target.split(',').length === 7,
    ),
  ).toBe(true);

  source.control.resetStats();
  source.control.finish(5);
  const second = await succeed('sportmonks-details');

  // Those that are over at the source are not known to be yet: their list was not read again.
  expect(second).toMatchObject({ records_inserted: 0, records_updated: 5, records_unchanged: 155 });
  expect(source.stats.requests).toBe(Math.ceil(160 / 7));
  await expectDetails();
});

test('matches that changed, came and vanished: exactly those, and an oracle', async () => {
  source.control.finish(6);
  source.control.reschedule(4);
  source.control.add(8);
  const gone = source.control.remove(3);

  const run = await succeed('sportmonks-fixtures');

  expect(run).toMatchObject({ records_inserted: 8, deleted: 3 });
  await expectFixtures();
  const { rows } = await stack.pool.query(
    'select id::int from public.sportmonks_fixtures where _deleted_at is not null order by id',
  );
  expect(rows.map(({ id }) => id)).toEqual(
    gone.map(({ fixture }) => fixture.id).toSorted((a, b) => a - b),
  );
});

test('ids that are not answered are noticed, asked for again, and given up', async () => {
  await succeed('sportmonks-details');
  const [lost] = source.control.remove(1);
  const lostId = String(lost?.fixture.id);

  expect(await succeed('sportmonks-details')).toMatchObject({ missing: 1 });
  const { rows } = await stack.pool.query(
    'select key, missing_count, last_success_at is not null as was_read from tidemark.items where missing_count > 0',
  );
  expect(rows).toEqual([{ key: lostId, missing_count: 1, was_read: true }]);
  expect(await succeed('sportmonks-details')).toMatchObject({ missing: 1 });
  source.control.resetStats();
  expect(await succeed('sportmonks-details')).toMatchObject({ missing: 0 });
  expect(targets().some((target) => target.includes(lostId))).toBe(false);
  await expectDetails();
});

test('a partition is chosen by a value of another collector’s rows; such a run deletes nothing', async () => {
  source.control.remove(2);
  source.control.resetStats();

  const run = await succeed('sportmonks-fixtures', { partition: { league: '82' } });

  expect(run).toMatchObject({ deleted: 0, records_inserted: 0 });
  expect(targets().every((target) => target.includes('fixtureLeagues:82'))).toBe(true);
});

test('a league too many of whose fixtures vanish deletes nothing, and says why', async () => {
  source.control.remove(60);

  const run = await stack.run('sportmonks-fixtures');

  expect(run, await stack.describe(run.id)).toMatchObject({ status: 'partial' });
  expect(run.error_message).toMatch(/^SNAPSHOT_SHRUNK: /);
});
