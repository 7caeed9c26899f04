import { afterEach, expect, test } from 'vitest';
import type { OpenMeteoOptions, OpenMeteoSimulator } from '../src/index.ts';
import { startOpenMeteo } from '../src/index.ts';

const nowMs = Date.UTC(2026, 1, 20, 12, 30);
const started: OpenMeteoSimulator[] = [];
const place = { latitude: -23.5, longitude: -46.6 };

async function start(options: OpenMeteoOptions = {}): Promise<OpenMeteoSimulator> {
  const simulator = await startOpenMeteo({ clock: () => nowMs, ...options });
  started.push(simulator);
  return simulator;
}

afterEach(async () => {
  for (const simulator of started.splice(0)) await simulator.stop();
});

interface Archive {
  latitude: number;
  hourly: { time: (string | number)[]; temperature_2m: (number | null)[] };
  reason: string;
}

async function ask(simulator: OpenMeteoSimulator, changes: Record<string, string | null> = {}) {
  const query = new URLSearchParams({
    latitude: '-23.5',
    longitude: '-46.6',
    start_date: '2026-02-10',
    end_date: '2026-02-11',
    hourly: 'temperature_2m',
  });
  for (const [name, value] of Object.entries(changes)) {
    if (value === null) query.delete(name);
    else query.set(name, value);
  }
  const answer = await fetch(`${simulator.url}/v1/archive?${query.toString()}`);
  return { status: answer.status, body: (await answer.json()) as Archive };
}

test('an answer has a column for the hours and one for each variable, on the grid', async () => {
  const { body } = await ask(await start());

  expect(body.latitude).not.toBe(place.latitude);
  expect(body.hourly.time).toHaveLength(48);
  expect(body.hourly.time[0]).toBe('2026-02-10T00:00');
  expect(body.hourly.temperature_2m).toHaveLength(48);
  const unix = await ask(await start(), { timeformat: 'unixtime' });
  expect(unix.body.hourly.time[0]).toBe(Date.UTC(2026, 1, 10) / 1_000);
});

test('the newest days have no values yet', async () => {
  const { body } = await ask(await start(), { start_date: '2026-02-15', end_date: '2026-02-16' });

  expect(body.hourly.temperature_2m.indexOf(null)).toBe(13);
});

test('the same seed has the same values, and revised ones are other ones', async () => {
  const [one, two] = [await start(), await start()];
  expect((await ask(one)).body.hourly).toEqual((await ask(two)).body.hourly);

  const hours = one.control.revise(place, { count: 5, withinDays: 6 });

  const before = (await ask(two, { end_date: '2026-02-15' })).body.hourly;
  const after = (await ask(one, { end_date: '2026-02-15' })).body.hourly;
  const changed = after.time.filter(
    (_, at) => after.temperature_2m[at] !== before.temperature_2m[at],
  );
  expect(changed).toEqual(
    hours.toSorted((a, b) => a - b).map((ms) => new Date(ms).toISOString().slice(0, 16)),
  );
});

test.each([
  [{ latitude: null }, "'latitude' is required"],
  [{ latitude: '91' }, 'Latitude must be in range'],
  [{ start_date: '10/02/2026' }, "Make sure to use 'YYYY-MM-DD'"],
  [{ end_date: '2026-02-21' }, "'end_date' is out of allowed range from 1940-01-01 to 2026-02-20"],
  [{ start_date: '2026-02-12' }, 'End-date must be larger'],
  [{ hourly: 'temperature' }, 'invalid String value temperature'],
])('%j is refused', async (changes, reason) => {
  const { status, body } = await ask(await start(), changes);

  expect(status).toBe(400);
  expect(body).toMatchObject({ error: true, reason: expect.stringContaining(reason) });
});

test('many days weigh more, and beyond the limit of a minute everything is refused', async () => {
  const simulator = await start({ perMinute: 4 });

  expect((await ask(simulator, { start_date: '2026-01-01' })).status).toBe(200);
  expect((await ask(simulator)).status).toBe(200);
  const refused = await ask(simulator);
  expect(refused.status).toBe(429);
  expect(refused.body.reason).toContain('Minutely API request limit exceeded');
});
