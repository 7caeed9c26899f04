import { startOpenMeteo, type OpenMeteoSimulator } from '@tidemark/simulators';
import { fastSource, LATENCY_MS, type MeasuredSource } from './measured-source.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const FIRST_MS = Date.UTC(2024, 0, 1);
/** What the definition leaves to the model before it asks for a day. */
const DELAY_MS = 6 * DAY_MS;
const places = [
  { place: 'sao-paulo', latitude: -23.5, longitude: -46.6 },
  { place: 'lisbon', latitude: 38.7, longitude: -9.1 },
] as const;
const variables = [
  'temperature_2m',
  'relative_humidity_2m',
  'precipitation',
  'wind_speed_10m',
] as const;

/** Hourly weather of two places; the model is three days later than usual at first, and catches up. */
export async function startOpenMeteoSource(): Promise<MeasuredSource> {
  let behindMs = 3 * DAY_MS;
  const source = await startOpenMeteo({
    latencyMs: LATENCY_MS,
    clock: () => Date.now() - behindMs,
  });
  return {
    collectors: [
      {
        name: 'open-meteo',
        yaml: `
extends: open-meteo
source: { baseUrl: '${source.url}', ${fastSource} }
`,
        expected: () => JSON.stringify(hoursOf(source)),
        actual: `select jsonb_build_array(place, extract(epoch from time)::bigint * 1000, temperature_2m,
                                          relative_humidity_2m, precipitation, wind_speed_10m) as content
                   from public.open_meteo_hourly`,
      },
    ],
    secrets: {},
    counts: () => source.stats,
    change: () => {
      const revised = places.flatMap((place) =>
        source.control.revise(place, { count: 9, withinDays: 5 }),
      ).length;
      behindMs = 0;
      return `${revised} hours revised, three days of two places that were empty filled in`;
    },
    [Symbol.asyncDispose]: () => source.stop(),
  };
}

function hoursOf({ control }: OpenMeteoSimulator): unknown[] {
  const endMs = Math.floor((Date.now() - DELAY_MS) / DAY_MS) * DAY_MS + DAY_MS;
  const hours: unknown[] = [];
  for (const place of places) {
    for (let atMs = FIRST_MS; atMs < endMs; atMs += HOUR_MS) {
      hours.push([
        place.place,
        atMs,
        ...variables.map((variable) => control.valueAt(place, variable, atMs)),
      ]);
    }
  }
  return hours;
}
