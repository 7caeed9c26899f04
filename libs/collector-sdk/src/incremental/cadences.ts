import type { Cadence, Periods } from '../definition/periods.ts';
import { durationToMicros } from '../duration.ts';

const RECENT = 2;
const MAX_AGE_DAYS = 365;
const MOST_SLACK = durationToMicros('6h');

/**
 * How often the periods of a collector are asked for, by the first entry that a period is new enough for. `recent` and
 * `maxAgeDays` say the same in short.
 */
export function cadencesOf({ cadences, recent, maxAgeDays }: Periods): readonly Cadence[] {
  return (
    cadences ?? [
      { every: '0s', newest: recent ?? RECENT },
      { every: `${maxAgeDays ?? MAX_AGE_DAYS}d` },
    ]
  );
}

/** The cadence of the period that has so many newer ones; undefined when none is meant for it. */
export function cadenceOf(cadences: readonly Cadence[], newerCount: number): Cadence | undefined {
  return cadences.find(({ newest }) => newest === undefined || newerCount < newest);
}

/**
 * Whether something that succeeded at a moment is due again. A daily schedule comes round a little less than a day after the
 * last answer, so a tenth of the cadence, at most six hours, is forgiven; else every second day would be left out.
 */
export function isDue({ every }: Cadence, lastSuccessUs: string, nowUs: string): boolean {
  const length = durationToMicros(every);
  const slack = length / 10n < MOST_SLACK ? length / 10n : MOST_SLACK;
  return BigInt(nowUs) - BigInt(lastSuccessUs) >= length - slack;
}
