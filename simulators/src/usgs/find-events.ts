import type { Feature } from './read-earthquakes.ts';
import { isDeleted } from './usgs-content.ts';
import type { UsgsQuery } from './usgs-query.ts';

/** Whether `updatedafter` takes in events updated at that very moment. */
export type UpdatedAfterBound = 'inclusive' | 'exclusive';

/** The events that match, in the order asked for, before limit and offset. */
export function findEvents(
  events: readonly Feature[],
  query: UsgsQuery,
  bound: UpdatedAfterBound,
): Feature[] {
  return events.filter((event) => matches(event, query, bound)).toSorted(orders[query.orderBy]);
}

function matches(event: Feature, query: UsgsQuery, bound: UpdatedAfterBound): boolean {
  const { time, updated, mag } = event.properties;
  if (time < query.startMs || time > query.endMs) return false;
  if (!isWanted(isDeleted(event), query.deleted)) return false;
  if (query.minMagnitude !== undefined && (mag === null || mag < query.minMagnitude)) return false;
  if (query.updatedAfterMs === undefined) return true;
  return bound === 'inclusive' ? updated >= query.updatedAfterMs : updated > query.updatedAfterMs;
}

function isWanted(deleted: boolean, wanted: UsgsQuery['deleted']): boolean {
  switch (wanted) {
    case 'with':
      return true;
    case 'without':
      return !deleted;
    case 'only':
      return deleted;
  }
}

/** Events without a magnitude come last when the largest come first. */
const magnitudeOf = (event: Feature): number => event.properties.mag ?? -99;
const byId = (a: Feature, b: Feature): number => (a.id < b.id ? -1 : 1);

const orders: Record<UsgsQuery['orderBy'], (a: Feature, b: Feature) => number> = {
  time: (a, b) => b.properties.time - a.properties.time || byId(a, b),
  'time-asc': (a, b) => a.properties.time - b.properties.time || byId(a, b),
  magnitude: (a, b) => magnitudeOf(b) - magnitudeOf(a) || byId(a, b),
  'magnitude-asc': (a, b) => magnitudeOf(a) - magnitudeOf(b) || byId(a, b),
};
