import { defineCollector } from '@tidemark/collector-sdk/define';
import { nothingFound, sportmonks } from './source.ts';

/** Who played, and how it went: of fixtures that have begun, until they are over. */
export const sportmonksDetails = defineCollector({
  name: 'sportmonks-details',
  description: 'Participants, scores and state of football fixtures (Sportmonks v3).',
  source: sportmonks('Fixture'),
  request: {
    path: '/v3/football/fixtures/multi/{ids}',
    query: { include: 'participants;scores;state' },
    records: 'data',
    answers: [nothingFound],
  },
  incremental: {
    kind: 'worklist',
    // Final are full time, after extra time, after penalties, cancelled, walk-over and awarded.
    query: `
      select id, starting_at as score, state_id in (5, 7, 8, 12, 14, 17) as final
        from public.sportmonks_fixtures
       where _deleted_at is null and starting_at < now() + interval '1 hour'`,
    perRequest: 50,
    maxAge: '30m',
    missing: { after: '6h', attempts: 4 },
  },
  target: {
    kind: 'table',
    table: 'sportmonks_details',
    key: ['id'],
    fields: {
      id: { type: 'bigint', required: true },
      state: { path: 'state.state', type: 'text' },
      result_info: { type: 'text' },
      scores: { type: 'jsonb' },
    },
    children: [
      {
        at: 'participants',
        table: 'sportmonks_participants',
        parent: { fixture_id: 'id' },
        key: ['fixture_id', 'team_id'],
        fields: {
          team_id: { path: 'id', type: 'bigint' },
          name: { type: 'text' },
          location: { path: 'meta.location', type: 'text' },
          winner: { path: 'meta.winner', type: 'boolean' },
          position: { path: 'meta.position', type: 'bigint' },
        },
      },
    ],
  },
  limits: { concurrency: 2 },
});
