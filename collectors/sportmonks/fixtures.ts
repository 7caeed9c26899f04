import { defineCollector } from '@tidemark/collector-sdk/define';
import { nothingFound, pages, sportmonks } from './source.ts';

/** The fixtures of all seasons that are not over, as they are listed now. */
export const sportmonksFixtures = defineCollector({
  name: 'sportmonks-fixtures',
  description: 'Football fixtures by league and season (Sportmonks v3).',
  source: sportmonks('Fixture'),
  partitions: {
    collector: 'sportmonks-seasons',
    fields: { league: 'league_id', season: 'id' },
    where: { finished: false },
    newestFirst: true,
  },
  request: {
    path: '/v3/football/fixtures',
    query: { filters: 'fixtureLeagues:{league};fixtureSeasons:{season}', order: 'asc' },
    records: 'data',
    answers: [nothingFound],
  },
  paginate: pages,
  // Nothing tells what changed, and what is deleted just vanishes.
  incremental: {
    kind: 'snapshot',
    scope: { league: 'league_id', season: 'season_id' },
    maxDeletedShare: 0.1,
  },
  target: {
    kind: 'table',
    table: 'sportmonks_fixtures',
    key: ['id'],
    fields: {
      id: { type: 'bigint', required: true },
      league_id: { type: 'bigint', required: true },
      season_id: { type: 'bigint', required: true },
      stage_id: { type: 'bigint' },
      round_id: { type: 'bigint' },
      state_id: { type: 'bigint' },
      venue_id: { type: 'bigint' },
      name: { type: 'text' },
      // `starting_at` is the same moment as a text without a zone.
      starting_at: { path: 'starting_at_timestamp', type: 'timestamptz', format: 'epoch-s' },
      result_info: { type: 'text' },
      leg: { type: 'text' },
      length: { type: 'bigint' },
      placeholder: { type: 'boolean' },
      has_odds: { type: 'boolean' },
    },
  },
  limits: { concurrency: 2 },
});
