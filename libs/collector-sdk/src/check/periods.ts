import type { Periods } from '../definition/periods.ts';
import { isPeriodKey } from '../incremental/period-keys.ts';
import type { Mistake } from './mistake.ts';
import { independently, inEach } from './readable.ts';
import { checkZone } from './zone.ts';

const examples = {
  year: '2024',
  quarter: '2024-Q1',
  month: '2024-01',
  week: '2024-W05',
  day: '2024-01-31',
} as const;

/** Which periods a collector has, and how often it asks for them. */
export function checkPeriods(periods: Periods): Mistake[] {
  const { cadences } = periods;
  return independently(
    () => checkZone(periods),
    () => inEach(['from', 'to'], (end) => checkEnd(periods, end)),
    () => checkOrder(periods),
    () => (cadences ? checkCadences(periods, cadences) : []),
  );
}

function checkEnd(periods: Periods, end: 'from' | 'to'): Mistake[] {
  const { unit, [end]: key } = periods;
  if (key === undefined || isPeriodKey(unit, key)) return [];
  const message = `"${key}" is not a ${unit} such as ${examples[unit]}`;
  return [{ path: `incremental.${end}`, message }];
}

function checkOrder({ unit, from, to }: Periods): Mistake[] {
  if (to === undefined || to >= from || ![from, to].every((key) => isPeriodKey(unit, key))) {
    return [];
  }
  return [{ path: 'incremental.to', message: 'is before incremental.from' }];
}

function checkCadences(periods: Periods, cadences: NonNullable<Periods['cadences']>): Mistake[] {
  return independently(
    () =>
      inEach(['recent', 'maxAgeDays'], (name) => {
        if (periods[name] === undefined) return [];
        return [{ path: `incremental.${name}`, message: 'is said by incremental.cadences' }];
      }),
    () =>
      inEach(cadences.keys(), (place) => {
        const before = place === 0 ? 0 : (cadences[place - 1]?.newest ?? Infinity);
        if ((cadences[place]?.newest ?? Infinity) > before) return [];
        const path = `incremental.cadences.${place}.newest`;
        return [{ path, message: 'must take in more periods than the cadence before' }];
      }),
  );
}
