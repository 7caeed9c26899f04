import { startSportmonks, type SportmonksSimulator } from '@tidemark/simulators';
import { LATENCY_MS, type MeasuredSource } from './measured-source.ts';

const TOKEN = 'bench-token';
const PER_SEASON = 380;

/** Three leagues of 380 matches, most of them over; seasons and matches are snapshots, details a list of ids. */
export async function startSportmonksSource(): Promise<MeasuredSource> {
  const source = await startSportmonks({
    latencyMs: LATENCY_MS,
    token: TOKEN,
    fixturesPerSeason: PER_SEASON,
  });
  source.control.finish(1_000);
  const fast = `source: { baseUrl: '${source.url}', rate: { requests: 1000, per: 1s, body: null }, retryDelay: 50ms }`;
  return {
    collectors: [
      {
        name: 'sportmonks-seasons',
        yaml: `extends: sportmonks-seasons\n${fast}\n`,
        expected: () =>
          JSON.stringify(
            source.control.seasons().map((each) => [each.id, each.league_id, each.finished]),
          ),
        actual: `select jsonb_build_array(id, league_id, finished) as content
                   from public.sportmonks_seasons where _deleted_at is null`,
      },
      {
        name: 'sportmonks-fixtures',
        yaml: `extends: sportmonks-fixtures\n${fast}\n`,
        expected: () =>
          JSON.stringify(
            openMatches(source).map(({ fixture: f }) => [
              f.id,
              f.season_id,
              f.state_id,
              f.starting_at_timestamp,
              f.result_info,
            ]),
          ),
        actual: `select jsonb_build_array(id, season_id, state_id, extract(epoch from starting_at)::bigint, result_info) as content
                   from public.sportmonks_fixtures where _deleted_at is null`,
      },
      {
        name: 'sportmonks-details',
        // As half an hour later: what is not over has to be read again.
        yaml: `extends: sportmonks-details\n${fast}\nincremental: { maxAge: 0s }\n`,
        expected: () =>
          JSON.stringify(openMatches(source).map(({ fixture, goals }) => [fixture.id, goals])),
        // Details of what vanished from the list stay.
        actual: `select jsonb_build_array(id, jsonb_path_query_array(scores, '$[*].score.goals')) as content
                   from public.sportmonks_details as d
                  where exists (select from public.sportmonks_fixtures as f where f.id = d.id and f._deleted_at is null)`,
      },
    ],
    secrets: {
      TIDEMARK_SECRET_SPORTMONKS: TOKEN,
      TIDEMARK_SECRET_SPORTMONKS_HOSTS: '127.0.0.1',
    },
    counts: () => source.stats,
    change: () => {
      const finished = source.control.finish(20).length;
      const gone = source.control.remove(3).length;
      const added = source.control.add(8).length;
      return `${finished} matches ended, ${added} new, ${gone} gone`;
    },
    [Symbol.asyncDispose]: () => source.stop(),
  };
}

/** The matches of seasons that are not over. */
function openMatches({ control }: SportmonksSimulator) {
  const seasons = control.seasons().filter(({ finished }) => !finished);
  const open = new Set(seasons.map(({ id }) => id));
  return control.matches().filter(({ fixture }) => open.has(fixture.season_id));
}
