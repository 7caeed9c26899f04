import { Random } from '../random.ts';
import type { Country } from './countries.ts';
import { countries, furtherCountries } from './countries.ts';
import type { DatabaseId, Indicator, IndicatorCode } from './indicators.ts';
import { indicators } from './indicators.ts';
import { interpolateYears, readGapminder, roundTo } from './read-gapminder.ts';

/** One observation: an indicator of a country in a year. */
export interface Observation {
  indicator: IndicatorCode;
  iso2: string;
  iso3: string;
  country: string;
  year: number;
  /** The digits as they are served; null for a year that is not filled in yet. */
  value: string | null;
}

/** What a World Bank simulator starts with. */
export interface ContentOptions {
  seed: number;
  /** Years after 2005 up to this one are rows without a value. */
  lastYear: number;
  clock: () => number;
  lastUpdated: Partial<Record<DatabaseId, string>>;
}

/** Which observations a change is about. */
export interface ChangeSelection {
  indicator: IndicatorCode;
  count: number;
  /** Only years up to this one; for revisions, two years before the last one when absent. */
  untilYear?: number;
  /** Leaves `lastupdated` where it is, as a source with a broken signal would. */
  silent?: boolean;
}

const dayMs = 86_400_000;

/** The observations, and the day on which each source database says it was last updated. */
export class WorldBankContent {
  readonly #random: Random;
  readonly #clock: () => number;
  readonly #rows = new Map<string, Observation>();
  readonly #lastUpdated: Record<DatabaseId, string>;
  readonly #countries: Country[] = [...countries];
  #lastYear: number;
  /** Sorting thousands of rows for every request would slow the source down. */
  #sorted: Observation[] | undefined;

  constructor(options: ContentOptions) {
    this.#random = new Random(options.seed);
    this.#clock = options.clock;
    this.#lastYear = options.lastYear;
    this.#lastUpdated = { '2': '2006-07-01', '16': '2006-05-15', '40': '2006-06-20' };
    Object.assign(this.#lastUpdated, options.lastUpdated);
    for (const indicator of indicators) this.#fillFromData(indicator, options.lastYear);
  }

  get countries(): readonly Country[] {
    return this.#countries;
  }

  lastUpdated(database: DatabaseId): string {
    return this.#lastUpdated[database];
  }

  /** All observations, by indicator, country and falling year: the order of the answers. */
  rows(): readonly Observation[] {
    this.#sorted ??= [...this.#rows.values()].toSorted(inOrder);
    return this.#sorted;
  }

  /** Gives old years new values. */
  revise(selection: ChangeSelection): Observation[] {
    const untilYear = selection.untilYear ?? this.#lastYear - 2;
    const known = this.#select(selection.indicator, (row) => {
      return row.value !== null && row.year <= untilYear;
    });
    const revised = this.#random.sample(known, selection.count).map((row) => {
      const value = this.#differentValue(row);
      return this.#put({ ...row, value });
    });
    return this.#changed(revised, selection.silent);
  }

  /** Fills in years that have no value yet, the oldest first. */
  fillNulls(selection: ChangeSelection): Observation[] {
    const empty = this.#select(selection.indicator, (row) => {
      return row.value === null && row.year <= (selection.untilYear ?? row.year);
    });
    const oldestFirst = empty.toSorted((a, b) => a.year - b.year).slice(0, selection.count);
    const filled = oldestFirst.map((row) => {
      const before = this.#rows.get(keyOf({ ...row, year: row.year - 1 }));
      const value = this.#differentValue({ ...row, value: before?.value ?? '1' });
      return this.#put({ ...row, value });
    });
    return this.#changed(filled, selection.silent);
  }

  /** Adds a year without values for every country and indicator. */
  addYear(): Observation[] {
    this.#lastYear += 1;
    const added = indicators.flatMap((indicator) =>
      this.#countries.map((country) => {
        return this.#put(observation(indicator.code, country, this.#lastYear, null));
      }),
    );
    return this.#changed(added);
  }

  /** Adds countries that were not there, with all their years. */
  addCountries(count: number): Observation[] {
    const absent = furtherCountries.filter((each) => !this.#countries.includes(each));
    const added = absent.slice(0, count).flatMap((country) => {
      const donor = this.#random.pick(countries);
      const copied = this.rows().filter((row) => row.iso2 === donor.iso2);
      this.#countries.push(country);
      return copied.map((row) => {
        const value = row.value === null ? null : this.#differentValue(row);
        return this.#put(observation(row.indicator, country, row.year, value));
      });
    });
    return this.#changed(added);
  }

  /** Removes observations; nothing tells that they were there. */
  deleteRows(selection: ChangeSelection): Observation[] {
    const matching = this.#select(selection.indicator, (row) => {
      return row.year <= (selection.untilYear ?? row.year);
    });
    const deleted = this.#random.sample(matching, selection.count);
    for (const row of deleted) this.#rows.delete(keyOf(row));
    this.#sorted = undefined;
    return this.#changed(deleted, selection.silent);
  }

  #fillFromData(indicator: Indicator, lastYear: number): void {
    const measured = readGapminder(indicator.field);
    for (const country of countries) {
      const years = measured.get(country.name);
      if (years === undefined) throw new Error(`the data has no country ${country.name}`);
      for (const [year, value] of interpolateYears(years, indicator.decimals)) {
        if (year <= lastYear) this.#put(observation(indicator.code, country, year, value));
      }
      for (let year = 2006; year <= lastYear; year += 1) {
        this.#put(observation(indicator.code, country, year, null));
      }
    }
  }

  #put(row: Observation): Observation {
    this.#rows.set(keyOf(row), row);
    this.#sorted = undefined;
    return row;
  }

  #select(indicator: IndicatorCode, matches: (row: Observation) => boolean): Observation[] {
    return this.rows().filter((row) => row.indicator === indicator && matches(row));
  }

  #differentValue(row: Observation): string {
    const decimals = indicators.find((each) => each.code === row.indicator)?.decimals ?? 0;
    const old = Number(row.value);
    const moved = roundTo(old * (1.002 + 0.02 * this.#random.fraction()), decimals);
    return Number(moved) === old ? roundTo(old + 10 ** -decimals, decimals) : moved;
  }

  /** Moves `lastupdated` of every database that carries what changed. */
  #changed(rows: Observation[], silent = false): Observation[] {
    if (silent) return rows;
    const codes = new Set(rows.map((row) => row.indicator));
    const touched = indicators.filter((each) => codes.has(each.code));
    for (const database of new Set(touched.flatMap((each) => each.databases))) {
      this.#lastUpdated[database] = this.#laterDay(this.#lastUpdated[database]);
    }
    return rows;
  }

  /** Today, or the day after the last one: two changes in one day must both be visible. */
  #laterDay(day: string): string {
    const following = Date.parse(`${day}T00:00:00Z`) + dayMs;
    return new Date(Math.max(following, this.#clock())).toISOString().slice(0, 10);
  }
}

function observation(
  indicator: IndicatorCode,
  country: Country,
  year: number,
  value: string | null,
): Observation {
  return { indicator, iso2: country.iso2, iso3: country.iso3, country: country.name, year, value };
}

function keyOf(row: Pick<Observation, 'indicator' | 'iso2' | 'year'>): string {
  return `${row.indicator}/${row.iso2}/${row.year}`;
}

function inOrder(a: Observation, b: Observation): number {
  return (
    compare(a.indicator, b.indicator) || compare(a.country, b.country) || compare(b.year, a.year)
  );
}

function compare<T extends string | number>(a: T, b: T): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}
