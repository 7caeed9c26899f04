import { afterEach, expect, test } from 'vitest';
import type { Feature, UsgsOptions, UsgsSimulator } from '../src/index.ts';
import { startUsgs } from '../src/index.ts';

const nowMs = Date.UTC(2018, 1, 7, 2);
const started: UsgsSimulator[] = [];

async function start(options: UsgsOptions = {}): Promise<UsgsSimulator> {
  const simulator = await startUsgs({ clock: () => nowMs, ...options });
  started.push(simulator);
  return simulator;
}

afterEach(async () => {
  for (const simulator of started.splice(0)) await simulator.stop();
});

interface Collection {
  metadata: { generated: number; count: number; limit?: number; offset?: number };
  features: Feature[];
}

async function ask(simulator: UsgsSimulator, query: string): Promise<Response> {
  return fetch(`${simulator.url}/fdsnws/event/1/${query}`);
}

async function query(simulator: UsgsSimulator, parameters: string): Promise<Collection> {
  const answer = await ask(simulator, `query?format=geojson&${parameters}`);
  expect(answer.status, parameters).toBe(200);
  return (await answer.json()) as Collection;
}

test('the default format is QuakeML', async () => {
  const simulator = await start();

  const answer = await ask(simulator, 'query?limit=1');

  expect(answer.headers.get('content-type')).toContain('application/xml');
  expect(await answer.text()).toContain('<q:quakeml');
});

test('all real events are there, newest first, with the digits of the data', async () => {
  const simulator = await start();

  const answer = await ask(simulator, 'query?format=geojson');
  const text = await answer.text();
  const { features, metadata } = JSON.parse(text) as Collection;

  expect(features).toHaveLength(1_707);
  expect(metadata).toMatchObject({ generated: nowMs, count: 1_707 });
  expect(features[0]?.properties.time).toBe(1_517_966_773_840);
  expect(text).toContain('"coordinates":[-118.6671667,34.4945,26.49]},"id":"ci37868143"');
});

test('the Date header tells the source clock', async () => {
  const simulator = await start();

  const answer = await ask(simulator, 'count');

  expect(answer.headers.get('date')).toBe('Wed, 07 Feb 2018 02:00:00 GMT');
});

test('count gives the number and the cap, as plain text unless GeoJSON is asked for', async () => {
  const simulator = await start({ cap: 1_000 });

  expect(await (await ask(simulator, 'count')).text()).toBe('1707');
  expect(await (await ask(simulator, 'count?format=geojson')).json()).toEqual({
    count: 1_707,
    maxAllowed: 1_000,
  });
});

test('pages by offset from 1 hold every event once', async () => {
  const simulator = await start();

  const ids: string[] = [];
  for (const offset of [1, 501, 1_001, 1_501]) {
    const page = await query(simulator, `orderby=time-asc&limit=500&offset=${offset}`);
    expect(page.metadata).toMatchObject({ limit: 500, offset });
    ids.push(...page.features.map((event) => event.id));
  }

  expect(ids).toHaveLength(1_707);
  expect(new Set(ids).size).toBe(1_707);
});

test('start and end take in their own moments', async () => {
  const simulator = await start();
  const moment = '2018-02-07T01:26:13.840';

  const { features } = await query(simulator, `starttime=${moment}&endtime=${moment}Z`);

  expect(features.map((event) => event.id)).toEqual(['ci37868143']);
});

test('without a start time only the last 30 days are searched', async () => {
  const simulator = await start({ clock: () => Date.UTC(2018, 2, 5) });

  const recent = await query(simulator, '');
  const all = await query(simulator, 'starttime=2018-01-01');

  expect(recent.features.length).toBeLessThan(1_707);
  expect(recent.features.length).toBeGreaterThan(0);
  expect(all.features).toHaveLength(1_707);
});

test.each([
  ['inclusive', 1],
  ['exclusive', 0],
] as const)('updatedafter is %s', async (updatedAfter, expected) => {
  const simulator = await start({ updatedAfter });
  const latest = Math.max(...simulator.control.content().map((event) => event.properties.updated));

  const after = new Date(latest).toISOString();
  const { features } = await query(simulator, `updatedafter=${after}`);

  expect(features).toHaveLength(expected);
});

test('events without a magnitude never match a minimum', async () => {
  const simulator = await start({ isEmpty: true });
  const added = simulator.control.addEvents(200);

  const { features } = await query(simulator, 'minmagnitude=-5&orderby=magnitude');

  const withMagnitude = added.filter((event) => event.properties.mag !== null);
  expect(withMagnitude.length).toBeLessThan(200);
  expect(features).toHaveLength(withMagnitude.length);
});

test.each([
  ['a repeated parameter', 'query?format=geojson&limit=1&limit=2'],
  ['an unknown parameter', 'query?format=geojson&start=2018-01-01'],
  ['a limit above 20,000', 'query?format=geojson&limit=20001'],
  ['an offset of 0', 'query?format=geojson&offset=0'],
  ['a bad time', 'query?format=geojson&starttime=soon'],
  ['a bad order', 'query?format=geojson&orderby=place'],
])('%s is refused with plain text', async (_what, path) => {
  const simulator = await start();

  const answer = await ask(simulator, path);

  expect(answer.status).toBe(400);
  expect(answer.headers.get('content-type')).toContain('text/plain');
  expect(await answer.text()).toMatch(/^Error 400: Bad Request\n\n/);
});

test('too many matches without a limit are refused in the words of the service', async () => {
  const simulator = await start({ cap: 1_000 });

  const refused = await ask(simulator, 'query?format=geojson');
  const limited = await query(simulator, 'limit=1000&offset=1001');

  expect(refused.status).toBe(400);
  expect(await refused.text()).toBe(
    'Error 400: Bad Request\n\n1707 matching events exceeds search limit of 1000. ' +
      'Modify the search to match fewer events.\n' +
      'Usage details are available from https://earthquake.usgs.gov/fdsnws/event/1\n' +
      'Request Submitted: 2018-02-07T02:00:00+00:00\nService version: 1.8.1',
  );
  expect(limited.features).toHaveLength(707);
});

test('the strict cap counts all matches, whatever the limit', async () => {
  const simulator = await start({ capMatching: 1_000 });

  const refused = await ask(simulator, 'query?format=geojson&limit=10');
  const narrowed = await query(simulator, 'starttime=2018-02-05&limit=1000');

  expect(refused.status).toBe(400);
  expect(await refused.text()).toContain('1707 matching events exceeds search limit of 1000.');
  expect(narrowed.features.length).toBeGreaterThan(0);
});

test('a revision gives a new magnitude and is updated now', async () => {
  const simulator = await start();

  const revised = simulator.control.revise(5);
  const { features } = await query(simulator, `updatedafter=${new Date(nowMs).toISOString()}`);

  const byId = (a: Feature, b: Feature): number => (a.id < b.id ? -1 : 1);
  expect(features.toSorted(byId)).toEqual(revised.toSorted(byId));
});

test('a late event is old, and its update lies before now', async () => {
  const simulator = await start({ isEmpty: true });

  simulator.control.addLateEvents({ count: 1, eventAgeMs: 3_600_000, updatedAgoMs: 30_000 });
  const { features } = await query(simulator, '');

  expect(features[0]?.properties).toMatchObject({
    time: nowMs - 3_600_000,
    updated: nowMs - 30_000,
  });
});

test('deleted events are seen only by those who ask for them', async () => {
  const simulator = await start();
  const deleted = simulator.control.deleteEvents(3);

  expect((await query(simulator, '')).features).toHaveLength(1_704);
  expect((await query(simulator, 'includedeleted=true')).features).toHaveLength(1_707);
  const only = await query(simulator, 'includedeleted=only');

  expect(new Set(only.features.map((event) => event.id))).toEqual(
    new Set(deleted.map((event) => event.id)),
  );
  expect(only.features.every((event) => event.properties.status === 'deleted')).toBe(true);
});
