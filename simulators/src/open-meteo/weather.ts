import { Random } from '../random.ts';

/** The hourly variables that are simulated, with their units and the range of their values. */
export const variables = {
  temperature_2m: { unit: '°C', low: -5, high: 35, decimals: 1 },
  relative_humidity_2m: { unit: '%', low: 20, high: 100, decimals: 0 },
  precipitation: { unit: 'mm', low: 0, high: 9, decimals: 1 },
  wind_speed_10m: { unit: 'km/h', low: 0, high: 60, decimals: 1 },
} as const;

export type Variable = keyof typeof variables;

export const isVariable = (name: string): name is Variable => Object.hasOwn(variables, name);

/** A place on the grid of the model, not where it was asked for. */
export interface GridPoint {
  latitude: number;
  longitude: number;
}

export const hourMs = 3_600_000;
export const dayMs = 24 * hourMs;

/** The nearest point of a grid of a quarter of a degree, a little off as in the real answers. */
export function snap({ latitude, longitude }: GridPoint): GridPoint {
  const near = (degrees: number): number => Number((Math.round(degrees * 4) / 4 + 0.01).toFixed(4));
  return { latitude: near(latitude), longitude: near(longitude) };
}

/** The values of a model: made from place, hour and variable, and replaced where they were revised. */
export class Weather {
  readonly #seed: number;
  readonly #clock: () => number;
  readonly #delayMs: number;
  readonly #random: Random;
  readonly #revised = new Map<string, number>();

  constructor(options: { seed: number; clock: () => number; delayMs: number }) {
    this.#seed = options.seed;
    this.#clock = options.clock;
    this.#delayMs = options.delayMs;
    this.#random = new Random(options.seed);
  }

  /** Null while the model has not reached that hour. */
  valueAt(point: GridPoint, variable: Variable, atMs: number): number | null {
    if (atMs > this.#clock() - this.#delayMs) return null;
    const key = keyOf(point, variable, atMs);
    return this.#revised.get(key) ?? this.#made(key, variable);
  }

  /** Replaces values of the newest hours that the model has; returns the hours, in ms since 1970. */
  revise(point: GridPoint, count: number, withinDays: number): number[] {
    const newestMs = Math.floor((this.#clock() - this.#delayMs) / hourMs) * hourMs;
    const hours = Array.from({ length: withinDays * 24 }, (_, back) => newestMs - back * hourMs);
    return this.#random.sample(hours, count).map((atMs) => {
      const key = keyOf(snap(point), 'temperature_2m', atMs);
      const old = this.#revised.get(key) ?? this.#made(key, 'temperature_2m');
      this.#revised.set(key, Number((old + 0.5).toFixed(1)));
      return atMs;
    });
  }

  #made(key: string, variable: Variable): number {
    const { low, high, decimals } = variables[variable];
    let seed = this.#seed;
    for (let at = 0; at < key.length; at += 1)
      seed = Math.imul(seed ^ key.charCodeAt(at), 16_777_619);
    return Number((low + new Random(seed).fraction() * (high - low)).toFixed(decimals));
  }
}

function keyOf({ latitude, longitude }: GridPoint, variable: Variable, atMs: number): string {
  return `${latitude} ${longitude} ${variable} ${atMs}`;
}
