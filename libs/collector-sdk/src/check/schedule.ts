import { Cron } from 'croner';
import type { Mistake, Sections } from './mistake.ts';
import { independently } from './readable.ts';

/** A schedule has a pattern and a zone that exist. */
export function checkSchedule({ schedule }: Sections): Mistake[] {
  if (!schedule) return [];
  return independently(
    () => checkCron(schedule.cron),
    () => checkZone(schedule.zone),
  );
}

function checkCron(cron: string): Mistake[] {
  try {
    new Cron(cron, { paused: true });
    return [];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ path: 'schedule.cron', message: `is not a cron pattern: ${reason}` }];
  }
}

function checkZone(zone: string): Mistake[] {
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
    return [];
  } catch {
    const message = `"${zone}" is not a time zone such as UTC or Europe/Berlin`;
    return [{ path: 'schedule.zone', message }];
  }
}
