import { parseKeepingDigits } from '../parse-digits.ts';
import { readVegaFile } from '../read-vega-file.ts';
import type { Indicator } from './indicators.ts';

/** The digits of one measure by country name and year, every fifth year as in the data. */
export type Measured = Map<string, Map<number, string>>;

interface DigitsOfRow {
  country: string;
  year: string;
  pop: string;
  life_expect: string;
  fertility: string;
}

/** Reads one measure of the data, each value with the digits that the file has. */
export function readGapminder(field: Indicator['field']): Measured {
  const rows = parseKeepingDigits(readVegaFile('gapminder.json')) as DigitsOfRow[];
  const measured: Measured = new Map();
  for (const row of rows) {
    const years = measured.get(row.country) ?? new Map<number, string>();
    years.set(Number(row.year), row[field]);
    measured.set(row.country, years);
  }
  return measured;
}

/** Puts straight lines between the measured years; the measured values keep their digits. */
export function interpolateYears(
  measured: ReadonlyMap<number, string>,
  decimals: number,
): Map<number, string> {
  const known = [...measured].toSorted(([a], [b]) => a - b);
  const filled = new Map<number, string>(known);
  for (const [at, [year, digits]] of known.entries()) {
    const next = known[at + 1];
    if (next === undefined) continue;
    const [nextYear, nextDigits] = next;
    const perYear = (Number(nextDigits) - Number(digits)) / (nextYear - year);
    for (let between = year + 1; between < nextYear; between += 1) {
      filled.set(between, roundTo(Number(digits) + perYear * (between - year), decimals));
    }
  }
  return filled;
}

/** The shortest digits of a value rounded to so many decimals. */
export function roundTo(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)));
}
