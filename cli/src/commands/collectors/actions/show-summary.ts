import type { CollectorSummaryRow } from '@tidemark/store';

/** The table that a collector writes. */
export function showTarget({
  target_schema: schema,
  target_table: name,
}: CollectorSummaryRow): string {
  return name === null ? '–' : `${schema ?? 'public'}.${name}`;
}

/** When a collector runs by itself. */
export function showSchedule({
  schedule_cron: cron,
  schedule_zone: zone,
}: CollectorSummaryRow): string {
  return cron === null ? '–' : `${cron} ${zone ?? 'UTC'}`;
}
