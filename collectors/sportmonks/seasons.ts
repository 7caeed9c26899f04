import { defineCollector } from '@tidemark/collector-sdk/define';
import { nothingFound, pages, sportmonks } from './source.ts';

/** The seasons of the leagues that are followed. */
export const sportmonksSeasons = defineCollector({
  name: 'sportmonks-seasons',
  description: 'Seasons of football leagues (Sportmonks v3).',
  source: sportmonks('Season'),
  partitions: { product: { league: [8, 82, 501] } },
  request: {
    path: '/v3/football/seasons',
    query: { filters: 'seasonLeagues:{league}' },
    records: 'data',
    answers: [nothingFound],
  },
  paginate: pages,
  incremental: { kind: 'snapshot', scope: { league: 'league_id' } },
  target: {
    kind: 'table',
    table: 'sportmonks_seasons',
    key: ['id'],
    fields: {
      id: { type: 'bigint', required: true },
      league_id: { type: 'bigint', required: true },
      name: { type: 'text' },
      finished: { type: 'boolean' },
      is_current: { type: 'boolean' },
      starting_at: { type: 'date' },
      ending_at: { type: 'date' },
    },
  },
  limits: { concurrency: 2 },
});
