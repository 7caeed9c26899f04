import { Random } from '../random.ts';
import type { Series } from './series.ts';
import { catalogue, dayMs } from './series.ts';

/** One value of a series. */
export interface SgsValue {
  code: number;
  /** Days since 1970. */
  day: number;
  value: string;
  /** The day until which the value holds, where the series tells it. */
  endDay: number | undefined;
}

/** Values are published at 18:00 in Brasília, which is 21:00 UTC. */
const publishedAtMs = 21 * 3_600_000;

/** The published values of all series: those of the past by the clock, with their revisions. */
export class SgsContent {
  readonly #clock: () => number;
  readonly #random: Random;
  readonly #seed: number;
  readonly #revised = new Map<string, number>();

  constructor(options: { seed: number; clock: () => number }) {
    this.#seed = options.seed;
    this.#clock = options.clock;
    this.#random = new Random(options.seed);
  }

  findSeries(code: number): Series | undefined {
    return catalogue.find((series) => series.code === code);
  }

  /** The published values of a series from one day to another, both included, oldest first. */
  values(series: Series, firstDay: number, lastDay: number): SgsValue[] {
    const values: SgsValue[] = [];
    const until = Math.min(lastDay, this.#lastPublished(series));
    for (let day = Math.max(firstDay, series.firstDay); day <= until; day += 1) {
      if (isValueDay(series, day)) values.push(this.#valueOf(series, day));
    }
    return values;
  }

  all(): SgsValue[] {
    return catalogue.flatMap((series) => this.values(series, series.firstDay, Infinity));
  }

  /** Gives published values of a series that are at most so old a new value; at most one each. */
  revise(code: number, count: number, withinDays: number): SgsValue[] {
    const series = this.findSeries(code);
    if (!series) throw new RangeError(`there is no series ${code}`);
    const last = this.#lastPublished(series);
    const chosen = this.#random.sample(this.values(series, last - withinDays, last), count);
    return chosen.map(({ day }) => {
      const key = `${code} ${day}`;
      this.#revised.set(key, (this.#revised.get(key) ?? 0) + 1);
      return this.#valueOf(series, day);
    });
  }

  #lastPublished({ delayDays }: Series): number {
    return Math.floor((this.#clock() - publishedAtMs) / dayMs) - delayDays;
  }

  #valueOf(series: Series, day: number): SgsValue {
    const { code, decimals, hasEnd } = series;
    const revisions = this.#revised.get(`${code} ${day}`) ?? 0;
    const drawn =
      new Random(this.#seed + code * 1_000_003 + day).whole(90_000) + 10_000 + revisions;
    const digits = String(drawn).padStart(decimals + 1, '0');
    const value = `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
    return { code, day, value, endDay: hasEnd ? day + 30 : undefined };
  }
}

/** Daily series have values on working days; day 0 was a Thursday. */
function isValueDay({ every }: Series, day: number): boolean {
  if (every === 'month') return new Date(day * dayMs).getUTCDate() === 1;
  const weekday = (day + 4) % 7;
  return weekday !== 0 && weekday !== 6;
}
