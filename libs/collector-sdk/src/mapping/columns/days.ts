import { formatDay, parseDays, type DayFormat } from '../../cursor-format.ts';
import { isAbsent } from './absent.ts';
import type { Convert } from './convert.ts';
import { NULL_TEXT } from './copy-text.ts';

/** A day as people of some place write it; PostgreSQL gets it in the one way that means the same everywhere. */
export function dayConverter(format: DayFormat): Convert {
  return (value) => {
    if (isAbsent(value)) return NULL_TEXT;
    // A date such as 20240131 may come as a number.
    const text = typeof value === 'number' ? String(value) : value;
    const days = typeof text === 'string' ? parseDays(text.trim(), format) : undefined;
    return days === undefined || days < FIRST_DAY ? undefined : formatDay(days);
  };
}

/** 0001-01-01: there is no year 0 in PostgreSQL. */
const FIRST_DAY = -719_162;
