import type { Definition, RecordFunction } from '@tidemark/collector-sdk';
import { bcbSgs } from './bcb-sgs/definition.ts';
import { clientOrders } from './client-orders/definition.ts';
import { githubIssues } from './github-issues/definition.ts';
import { openMeteo } from './open-meteo/definition.ts';
import { pgbenchHistory } from './pgbench-history/definition.ts';
import { postgresConversations } from './postgres-conversations/definition.ts';
import { sportmonksDetails } from './sportmonks/details.ts';
import { sportmonksFixtures } from './sportmonks/fixtures.ts';
import { sportmonksSeasons } from './sportmonks/seasons.ts';
import { usgsEarthquakes } from './usgs-earthquakes/definition.ts';
import { usgsEarthquake } from './usgs-earthquakes/map.ts';
import { worldBank } from './world-bank/definition.ts';

/** The built-in collectors and the functions that definitions may name. */
export const registry: {
  readonly definitions: readonly Definition[];
  readonly functions: Readonly<Record<string, RecordFunction>>;
} = {
  definitions: [
    worldBank,
    usgsEarthquakes,
    sportmonksSeasons,
    sportmonksFixtures,
    sportmonksDetails,
    githubIssues,
    openMeteo,
    clientOrders,
    postgresConversations,
    pgbenchHistory,
    bcbSgs,
  ],
  functions: { usgsEarthquake },
};
