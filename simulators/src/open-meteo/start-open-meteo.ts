import { mustCount, refuseUnknown } from '../server/change-arguments.ts';
import type { Answer } from '../server/answer.ts';
import { jsonAnswer, textAnswer } from '../server/answer.ts';
import type { SimulatorRequest } from '../server/request.ts';
import type { ServerOptions, Simulator } from '../server/start-server.ts';
import { startServer } from '../server/start-server.ts';
import type { ArchiveQuery } from './archive-query.ts';
import { readArchiveQuery, weightOf } from './archive-query.ts';
import type { GridPoint, Variable } from './weather.ts';
import { dayMs, hourMs, snap, variables, Weather } from './weather.ts';

/** How the simulated archive behaves. */
export interface OpenMeteoOptions extends ServerOptions {
  /** Draws values and changes; 1 when absent. */
  seed?: number;
  /** How many days the model is behind; 5 when absent. */
  delayDays?: number;
  /** Weighted requests in a minute; 600 when absent. */
  perMinute?: number;
}

/** Changes of the archive. */
export interface OpenMeteoControl {
  /** Replaces temperatures of the newest days that the model has; returns their hours in ms since 1970. */
  revise(place: GridPoint, change: { count: number; withinDays: number }): number[];
  /** What the archive has now for a place and an hour; null while the model has not reached it. */
  valueAt(place: GridPoint, variable: Variable, atMs: number): number | null;
}

/** A running Open-Meteo simulator; the API is at `<url>/v1/archive`. */
export type OpenMeteoSimulator = Simulator<OpenMeteoControl>;

/** Starts a simulated archive of historical weather. */
export async function startOpenMeteo(options: OpenMeteoOptions = {}): Promise<OpenMeteoSimulator> {
  const clock = options.clock ?? Date.now;
  const delayMs = (options.delayDays ?? 5) * dayMs;
  const weather = new Weather({ seed: options.seed ?? 1, clock, delayMs });
  const archive = new Archive(weather, clock, options.perMinute ?? 600);
  const control: OpenMeteoControl = {
    revise: (place, { count, withinDays }) => weather.revise(place, count, withinDays),
    valueAt: (place, variable, atMs) => weather.valueAt(snap(place), variable, atMs),
  };
  return startServer(
    {
      answer: (request) => archive.answer(request),
      control,
      routes: {
        content: () => JSON.stringify({ variables: Object.keys(variables) }),
        changes: {
          revise: (args) => {
            refuseUnknown(args, ['latitude', 'longitude', 'count', 'withinDays']);
            const change = {
              count: mustCount(args, 'count'),
              withinDays: mustCount(args, 'withinDays'),
            };
            return control.revise(readPlace(args), change);
          },
        },
      },
    },
    options,
  );
}

function readPlace(args: Readonly<Record<string, unknown>>): GridPoint {
  return { latitude: Number(args['latitude']), longitude: Number(args['longitude']) };
}

class Archive {
  readonly #weather: Weather;
  readonly #clock: () => number;
  readonly #perMinute: number;
  #minute = 0;
  #used = 0;

  constructor(weather: Weather, clock: () => number, perMinute: number) {
    this.#weather = weather;
    this.#clock = clock;
    this.#perMinute = perMinute;
  }

  answer(request: SimulatorRequest): Answer {
    if (request.path !== '/v1/archive') return textAnswer(404, 'Not Found');
    const today = new Date(this.#clock()).toISOString().slice(0, 10);
    const query = readArchiveQuery(request.query, today);
    if ('reason' in query) {
      if (query.status === 501) return textAnswer(501, query.reason);
      return jsonAnswer(query.status, { error: true, reason: query.reason });
    }
    if (!this.#take(weightOf(query))) {
      const reason = 'Minutely API request limit exceeded. Please try again in one minute.';
      return jsonAnswer(429, { error: true, reason });
    }
    return this.#write(query);
  }

  #take(weight: number): boolean {
    const minute = Math.floor(this.#clock() / 60_000);
    if (minute !== this.#minute) this.#used = 0;
    this.#minute = minute;
    if (this.#used + weight > this.#perMinute) return false;
    this.#used += weight;
    return true;
  }

  #write({ point, startMs, endMs, hourly, timeFormat }: ArchiveQuery): Answer {
    const grid = snap(point);
    const hours: number[] = [];
    for (let atMs = startMs; atMs < endMs + dayMs; atMs += hourMs) hours.push(atMs);
    const values = hourly.map((name) => [
      name,
      hours.map((atMs) => this.#weather.valueAt(grid, name, atMs)),
    ]);
    const units = hourly.map((name) => [name, variables[name].unit]);
    const isUnix = timeFormat === 'unixtime';
    const time = hours.map((atMs) =>
      isUnix ? atMs / 1_000 : new Date(atMs).toISOString().slice(0, 16),
    );
    const answer = jsonAnswer(200, {
      ...grid,
      // Differs each time, as in the real service.
      generationtime_ms: Math.random(),
      utc_offset_seconds: 0,
      timezone: 'GMT',
      timezone_abbreviation: 'GMT',
      elevation: 760,
      ...(hourly.length > 0 && {
        hourly_units: { time: isUnix ? 'unixtime' : 'iso8601', ...Object.fromEntries(units) },
        hourly: { time, ...Object.fromEntries(values) },
      }),
    });
    return { ...answer, recordRows: hourly.length > 0 ? hours.length : 0 };
  }
}
