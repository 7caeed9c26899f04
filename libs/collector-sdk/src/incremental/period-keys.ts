import { dayOf, daysOf } from '../calendar.ts';
import { digitsToCursor, parseCursor } from '../cursor-format.ts';

export type PeriodUnit = 'year' | 'month' | 'day';

const keyLength: Readonly<Record<PeriodUnit, number>> = { year: 4, month: 7, day: 10 };

/** Whether a text is a key such as `2024`, `2024-01` or `2024-01-31`, as its unit wants it. */
export function isPeriodKey(unit: PeriodUnit, key: string): boolean {
  return key.length === keyLength[unit] && firstDayOf(key) !== undefined;
}

/** The key of the period that contains a moment, given as microseconds since 1970 UTC. */
export function periodAt(unit: PeriodUnit, micros: string): string {
  return digitsToCursor(micros, 'date').slice(0, keyLength[unit]);
}

/**
 * The period that a person means by a key, a date or an instant: itself, or the one that contains it. A coarser text
 * (`2024` where periods are months) means its first or last period, depending on the end it stands for.
 */
export function periodNamed(
  unit: PeriodUnit,
  text: string,
  end: 'from' | 'to',
): string | undefined {
  const micros = /^\d{4}(-\d{2})?$/.test(text) ? undefined : parseCursor(text, 'time');
  if (micros !== undefined) return periodAt(unit, micros);
  const first = firstDayOf(text);
  if (first === undefined) return undefined;
  const day = end === 'from' ? first : lastDayOf(text);
  return formatDay(day).slice(0, keyLength[unit]);
}

/** All periods from one key to another, both included, oldest first. */
export function periodsBetween(unit: PeriodUnit, from: string, to: string): string[] {
  const keys: string[] = [];
  for (let key = from; key <= to;) {
    keys.push(key);
    const next = nextPeriod(unit, key);
    // After the year 9999 texts do not order as times do.
    if (next <= key) break;
    key = next;
  }
  return keys;
}

function nextPeriod(unit: PeriodUnit, key: string): string {
  return formatDay(lastDayOf(key) + 1).slice(0, keyLength[unit]);
}

function firstDayOf(key: string): number | undefined {
  const match = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/.exec(key);
  if (!match) return undefined;
  const [, year, month = '1', day = '1'] = match;
  return daysOf({ year: Number(year), month: Number(month), day: Number(day) });
}

function lastDayOf(key: string): number {
  const start = firstDayOf(key) ?? 0;
  if (key.length === keyLength.day) return start;
  const { year, month } = dayOf(start);
  const after =
    key.length === keyLength.year || month === 12
      ? { year: year + 1, month: 1, day: 1 }
      : { year, month: month + 1, day: 1 };
  return (daysOf(after) ?? start) - 1;
}

function formatDay(days: number): string {
  return digitsToCursor((BigInt(days) * 86_400_000_000n).toString(), 'date');
}
