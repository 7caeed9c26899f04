import { dayOf, daysOf } from '../calendar.ts';
import { formatDay, parseCursor, parseDays } from '../cursor-format.ts';
import type { Periods } from '../definition/periods.ts';
import { localTime } from '../zone.ts';

// Keys are `2024`, `2024-Q1`, `2024-01`, `2024-W05` (a week of ISO 8601, which begins on Monday) and `2024-01-31`. Those of
// one unit are as long as each other and order as texts do.

export type PeriodUnit = Periods['unit'];

interface UnitRule {
  readonly key: RegExp;
  /** The key of the period that contains a day, counted from 1970-01-01. */
  readonly keyOf: (day: number) => string;
  /** The first day of a period whose key has the form. */
  readonly firstDay: (key: string) => number | undefined;
}

const units: Readonly<Record<PeriodUnit, UnitRule>> = {
  year: {
    key: /^\d{4}$/,
    keyOf: (day) => formatDay(day).slice(0, 4),
    firstDay: (key) => parseDays(`${key}-01-01`, 'date'),
  },
  quarter: {
    key: /^\d{4}-Q[1-4]$/,
    keyOf: (day) => {
      const { month } = dayOf(day);
      return `${formatDay(day).slice(0, 4)}-Q${Math.ceil(month / 3)}`;
    },
    firstDay: (key) =>
      daysOf({ year: Number(key.slice(0, 4)), month: Number(key.at(-1)) * 3 - 2, day: 1 }),
  },
  month: {
    key: /^\d{4}-\d{2}$/,
    keyOf: (day) => formatDay(day).slice(0, 7),
    firstDay: (key) => parseDays(`${key}-01`, 'date'),
  },
  week: {
    key: /^\d{4}-W\d{2}$/,
    keyOf: (day) => {
      const { year } = dayOf(thursdayOf(day));
      const week = Math.floor((thursdayOf(day) - firstThursdayOf(year)) / 7) + 1;
      return `${formatDay(thursdayOf(day)).slice(0, 4)}-W${String(week).padStart(2, '0')}`;
    },
    firstDay: (key) => {
      const week = Number(key.slice(-2));
      return firstThursdayOf(Number(key.slice(0, 4))) + (week - 1) * 7 - 3;
    },
  },
  day: {
    key: /^\d{4}-\d{2}-\d{2}$/,
    keyOf: (day) => formatDay(day),
    firstDay: (key) => parseDays(key, 'date'),
  },
};

const unitNames: readonly PeriodUnit[] = ['year', 'quarter', 'month', 'week', 'day'];

/** Whether a text is a key of a period that exists. */
export function isPeriodKey(unit: PeriodUnit, key: string): boolean {
  return unitOf(key) === unit;
}

/** The key of the period that contains a moment, given as microseconds since 1970 UTC, in a zone. */
export function periodAt(unit: PeriodUnit, micros: string, zone = 'UTC'): string {
  const local = localTime(zone, BigInt(micros), 'to');
  return units[unit].keyOf(Number((local - (((local % DAY) + DAY) % DAY)) / DAY));
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
  if (unitOf(text) !== undefined) {
    const day = end === 'from' ? firstDayOf(text) : lastDayOf(text);
    return day === undefined ? undefined : units[unit].keyOf(day);
  }
  const micros = parseCursor(text, 'time');
  return micros === undefined ? undefined : periodAt(unit, micros);
}

/** All periods from one key to another, both included, oldest first. */
export function periodsBetween(unit: PeriodUnit, from: string, to: string): string[] {
  const keys: string[] = [];
  for (let key = from; key <= to;) {
    keys.push(key);
    const next = units[unit].keyOf((lastDayOf(key) ?? 0) + 1);
    // After the year 9999 texts do not order as times do.
    if (next <= key) break;
    key = next;
  }
  return keys;
}

/** The first day of a period, counted from 1970-01-01; undefined when there is no such period. */
export function firstDayOf(key: string): number | undefined {
  const unit = unitOf(key);
  return unit && units[unit].firstDay(key);
}

/** The last day of a period, counted from 1970-01-01; undefined when there is no such period. */
export function lastDayOf(key: string): number | undefined {
  const unit = unitOf(key);
  const first = unit && units[unit].firstDay(key);
  if (unit === undefined || first === undefined) return undefined;
  let day = first + longest[unit] - 1;
  while (units[unit].keyOf(day) !== key) day -= 1;
  return day;
}

const longest: Readonly<Record<PeriodUnit, number>> = {
  year: 366,
  quarter: 92,
  month: 31,
  week: 7,
  day: 1,
};

const DAY = 86_400_000_000n;

function unitOf(key: string): PeriodUnit | undefined {
  return unitNames.find((name) => {
    const { key: form, firstDay, keyOf } = units[name];
    const day = form.test(key) ? firstDay(key) : undefined;
    // A week 53 of a year that has only 52 is the first one of the next.
    return day !== undefined && keyOf(day) === key;
  });
}

/** The Thursday of a day's week, whose year is the week's year. Day 0 was a Thursday. */
function thursdayOf(day: number): number {
  return day - ((((day + 3) % 7) + 7) % 7) + 3;
}

/** The Thursday of the first week of a year: the week that contains January 4th. */
function firstThursdayOf(year: number): number {
  return thursdayOf(daysOf({ year, month: 1, day: 4 }) ?? 0);
}
