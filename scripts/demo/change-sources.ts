import type { CollectorOfDemo, SourceControl } from './sources.ts';

/** What was done to a source, and what a run has to find of it. */
export interface SourceChange {
  readonly collector: CollectorOfDemo;
  readonly says: string;
  readonly inserted: number;
  readonly updated: number;
}

const MINUTE_MS = 60_000;
const DAY_MS = 1_440 * MINUTE_MS;

/** Lets both sources change: old values revised, new events, and events that become visible late. */
export async function changeSources(
  sources: Readonly<Record<CollectorOfDemo, SourceControl>>,
): Promise<SourceChange[]> {
  const indicator = 'SP.DYN.TFRT.IN';
  const values = await sources['world-bank'].change('revise', { indicator, count: 12 });
  const usgs = sources['usgs-earthquakes'];
  const revised = await usgs.change('revise', { count: 9 });
  const added = await usgs.change('add-events', { count: 7 });
  const late = await usgs.change('add-late-events', {
    count: 5,
    eventAgeMs: 30 * DAY_MS,
    updatedAgoMs: 10 * MINUTE_MS,
  });
  return [
    {
      collector: 'world-bank',
      says: `${values} old values of one of the three indicators (${indicator}) are revised`,
      inserted: 0,
      updated: values,
    },
    {
      collector: 'usgs-earthquakes',
      says: `${revised} events are revised, ${added} are new, and ${late} of a month ago appear late, marked as updated ten minutes ago`,
      inserted: added + late,
      updated: revised,
    },
  ];
}
