import type { Periods } from '../definition/periods.ts';
import { isPeriodKey } from '../incremental/period-keys.ts';
import type { Mistake } from './mistake.ts';
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
  const mistakes = checkZone(periods);
  const { unit, from, to } = periods;
  const wrongEnds = (['from', 'to'] as const).flatMap((end) => {
    const key = periods[end];
    if (key === undefined || isPeriodKey(unit, key)) return [];
    const message = `"${key}" is not a ${unit} such as ${examples[unit]}`;
    return [{ path: `incremental.${end}`, message }];
  });
  if (wrongEnds.length === 0 && to !== undefined && to < from) {
    mistakes.push({ path: 'incremental.to', message: 'is before incremental.from' });
  }
  return [...mistakes, ...wrongEnds, ...checkCadences(periods)];
}

function checkCadences({ cadences, recent, maxAgeDays }: Periods): Mistake[] {
  if (!cadences) return [];
  const mistakes: Mistake[] = [];
  for (const [name, value] of Object.entries({ recent, maxAgeDays })) {
    if (value === undefined) continue;
    mistakes.push({ path: `incremental.${name}`, message: 'is said by incremental.cadences' });
  }
  for (const [place, { newest = Infinity }] of cadences.entries()) {
    const before = place === 0 ? 0 : (cadences[place - 1]?.newest ?? Infinity);
    if (newest > before) continue;
    const path = `incremental.cadences.${place}.newest`;
    mistakes.push({ path, message: 'must take in more periods than the cadence before' });
  }
  return mistakes;
}
