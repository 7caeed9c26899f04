import { afterEach, expect, test } from 'vitest';
import { startSportmonks, type SportmonksOptions, type SportmonksSimulator } from '../src/index.ts';

let simulator: SportmonksSimulator | undefined;
afterEach(async () => {
  await simulator?.stop();
});

interface Body {
  data?: { id: number; league_id: number; season_id: number; [include: string]: unknown }[];
  message?: string;
  pagination?: { count: number; has_more: boolean; next_page: string | null };
  rate_limit?: { remaining: number; requested_entity: string; resets_in_seconds: number };
}

async function start(options: SportmonksOptions = {}): Promise<SportmonksSimulator> {
  simulator = await startSportmonks(options);
  return simulator;
}

async function ask(target: string, headers: Record<string, string> = { authorization: 'T' }) {
  const response = await fetch(`${simulator?.url}/v3/football/${target}`, { headers });
  return { status: response.status, body: (await response.json()) as Body };
}

test('pages have no total, tell whether more follows, and are as large as the service gives at most', async () => {
  await start({ fixturesPerSeason: 20 });

  const first = await ask('fixtures?per_page=500');
  const second = await ask('fixtures?per_page=50&page=2');
  const third = await ask('fixtures?per_page=50&page=3');

  expect(first.body.pagination).toMatchObject({ count: 50, has_more: true });
  expect(first.body.pagination?.next_page).not.toContain('api_token');
  expect(third.body.pagination).toMatchObject({ count: 20, has_more: false, next_page: null });
  const ids = [first, second, third].flatMap(({ body }) => body.data?.map(({ id }) => id) ?? []);
  expect(new Set(ids).size).toBe(120);
  expect((await ask('fixtures?filters=populate&per_page=1000')).body.data).toHaveLength(120);
});

test('filters choose leagues and seasons', async () => {
  const { control } = await start();
  const season = control.seasons().find(({ league_id: league }) => league === 82);

  const { body } = await ask(
    `fixtures?filters=fixtureLeagues:82;fixtureSeasons:${season?.id}&per_page=50`,
  );

  expect(body.data).toHaveLength(30);
  expect(body.data?.every((row) => row.season_id === season?.id)).toBe(true);
  expect((await ask('seasons?filters=seasonLeagues:8')).body.data).toHaveLength(2);
});

test('several ids are answered as far as they exist, with what is included', async () => {
  const { control } = await start();
  const [a, b] = control.matches();

  const { body } = await ask(
    `fixtures/multi/${a?.fixture.id},1,${b?.fixture.id}?include=participants;scores;state`,
  );

  expect(body.data?.map(({ id }) => id)).toEqual([a?.fixture.id, b?.fixture.id]);
  expect(body.data?.[0]).toMatchObject({ participants: [{}, {}], scores: [{}, {}], state: {} });
  expect(body.pagination).toBeUndefined();
});

test('nothing found is a message instead of data', async () => {
  await start();

  const { status, body } = await ask('fixtures/multi/1,2');

  expect(status).toBe(200);
  expect(body.data).toBeUndefined();
  expect(body.message).toMatch(/^No result/);
});

test('the quota is counted for each entity in an hour from its first request', async () => {
  let nowMs = Date.parse('2026-01-01T00:00:00Z');
  await start({ requestsPerHour: 2, clock: () => nowMs });

  expect((await ask('fixtures')).body.rate_limit).toMatchObject({
    remaining: 1,
    requested_entity: 'Fixture',
  });
  nowMs += 600_000;
  expect((await ask('fixtures')).body.rate_limit).toMatchObject({
    remaining: 0,
    resets_in_seconds: 3_000,
  });
  expect(await ask('fixtures')).toMatchObject({
    status: 429,
    body: { message: 'You have reached your rate limit' },
  });
  expect((await ask('seasons')).status).toBe(200);
  nowMs += 3_000_000;
  expect((await ask('fixtures')).status).toBe(200);
});

test.each([
  ['fixtures?pagesize=3', 400],
  ['fixtures?per_page=0', 400],
  ['fixtures?page=500&per_page=50', 400],
  ['fixtures?filters=league:8', 400],
  ['fixtures?filters=fixtureLeagues:x', 400],
  ['fixtures?include=nothing', 404],
  [`fixtures/multi/${Array.from({ length: 51 }, (_, at) => at + 1).join()}`, 400],
  ['teams', 404],
  ['fixtures?select=id', 501],
])('%s is answered with %i', async (target, status) => {
  await start();

  const refused = await ask(target);

  expect(refused.status).toBe(status);
  expect(refused.body.message).toEqual(expect.any(String));
});

test('a token is needed, in the header or in the query', async () => {
  await start({ token: 'T' });

  expect((await ask('fixtures', {})).status).toBe(401);
  expect((await ask('fixtures', { authorization: 'Bearer T' })).status).toBe(401);
  expect((await ask('fixtures?api_token=T', {})).status).toBe(200);
});

test('changes are what their names say', async () => {
  const { control } = await start();
  const before = control.matches().length;

  const [finished] = control.finish(1);
  const [moved] = control.reschedule(1);
  const [gone] = control.remove(1);
  control.add(2);

  expect(finished?.fixture).toMatchObject({ state_id: 5, result_info: expect.any(String) });
  expect(moved?.fixture.starting_at).toMatch(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);
  expect(control.matches().some(({ fixture }) => fixture.id === gone?.fixture.id)).toBe(false);
  expect(control.matches()).toHaveLength(before + 1);
});
