import { readVegaFile } from '../read-vega-file.ts';

/** A feature as the service writes it; properties that the simulator does not use stay as they are. */
export interface Feature {
  type: 'Feature';
  properties: FeatureProperties;
  geometry: { type: 'Point'; coordinates: readonly number[] };
  id: string;
}

/** The properties that queries and changes look at; times are ms since 1970. */
export interface FeatureProperties {
  mag: number | null;
  place: string;
  time: number;
  updated: number;
  status: string;
  ids: string;
  title: string;
  [name: string]: unknown;
}

/** The 1,707 real features of the data. Every number of the file survives parsing unchanged. */
export function readEarthquakes(): Feature[] {
  const collection = JSON.parse(readVegaFile('earthquakes.json')) as { features: Feature[] };
  return collection.features;
}
