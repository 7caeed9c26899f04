import type { Definition } from '@tidemark/collector-sdk';
import { usgsEarthquakes } from './usgs-earthquakes/definition.ts';
import { usgsEarthquake } from './usgs-earthquakes/map.ts';
import { worldBank } from './world-bank/definition.ts';

/** Changes one record before its fields are read; a new record, never the one that was given. */
export type RecordFunction = (record: Record<string, unknown>) => Record<string, unknown>;

/** The built-in collectors and the functions that definitions may name. */
export const registry: {
  readonly definitions: readonly Definition[];
  readonly functions: Readonly<Record<string, RecordFunction>>;
} = {
  definitions: [worldBank, usgsEarthquakes],
  functions: { usgsEarthquake },
};
