import { Cron } from 'croner';
import type { Mistake, Sections } from './mistake.ts';

/** A schedule has a pattern and a zone that exist. */
export function checkSchedule({ schedule }: Sections): Mistake[] {
  if (!schedule) return [];
  const mistakes: Mistake[] = [];
  try {
    new Cron(schedule.cron, { paused: true });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    mistakes.push({ path: 'schedule.cron', message: `is not a cron pattern: ${reason}` });
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: schedule.zone });
  } catch {
    mistakes.push({
      path: 'schedule.zone',
      message: `"${schedule.zone}" is not a time zone such as UTC or Europe/Berlin`,
    });
  }
  return mistakes;
}
