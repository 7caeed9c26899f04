import type { Answer } from '../server/answer.ts';
import { jsonAnswer } from '../server/answer.ts';
import type { Match, Season, SportmonksContent } from './sportmonks-content.ts';
import { stateNames } from './sportmonks-content.ts';
import type { SportmonksQuery } from './sportmonks-query.ts';
import type { Quota } from './sportmonks-quota.ts';

const subscription = [
  {
    meta: [],
    plans: [{ plan: 'Football Free Plan', sport: 'Football', category: 'Standard' }],
    add_ons: [],
    widgets: [],
  },
];

const nothingFound =
  'No result(s) found matching your request. Either the query did not return any results or you ' +
  "don't have access to it via your current subscription.";

/** Answers a question from what is there now. */
export function answerSportmonks(
  query: SportmonksQuery,
  content: SportmonksContent,
  quota: Quota,
): Answer {
  const found = findRows(query, content);
  const isPaged = query.kind === 'seasons' || query.kind === 'fixtures';
  const from = isPaged ? (query.page - 1) * query.perPage : 0;
  const rows = isPaged ? found.slice(from, from + query.perPage) : found;
  const common = { subscription, rate_limit: quota, timezone: 'UTC' };
  if (rows.length === 0) return jsonAnswer(200, { message: nothingFound, ...common });
  const hasMore = from + rows.length < found.length;
  const next = `https://api.sportmonks.com/v3/football/${query.kind}?page=${query.page + 1}`;
  const pagination = {
    count: rows.length,
    per_page: query.perPage,
    current_page: query.page,
    next_page: hasMore ? next : null,
    has_more: hasMore,
  };
  const data = query.kind === 'fixture' ? rows[0] : rows;
  const body = isPaged ? { data, pagination, ...common } : { data, ...common };
  return { ...jsonAnswer(200, body), recordRows: rows.length };
}

function findRows(query: SportmonksQuery, content: SportmonksContent): unknown[] {
  const inOrder = <T>(rows: T[]): T[] => (query.order === 'desc' ? rows.toReversed() : rows);
  const { leagues, seasons, idAfter } = query;
  const fits = (leagueId: number, id: number): boolean =>
    (leagues === undefined || leagues.has(leagueId)) && id > idAfter;
  if (query.kind === 'seasons') {
    return inOrder(content.seasons.filter((season) => fits(season.league_id, season.id)));
  }
  const matches =
    query.kind === 'fixtures'
      ? inOrder(content.matches()).filter(
          ({ fixture }) =>
            fits(fixture.league_id, fixture.id) &&
            (seasons === undefined || seasons.has(fixture.season_id)),
        )
      : query.ids.map((id) => content.find(id)).filter((match) => match !== undefined);
  return matches.map((match) => withIncludes(match, query.includes, content.seasons));
}

function withIncludes(
  match: Match,
  includes: readonly string[],
  seasons: readonly Season[],
): Record<string, unknown> {
  const { fixture, teams, goals } = match;
  const shown: Record<string, unknown> = { ...fixture };
  for (const include of includes) shown[include] = includeOf(include);
  return shown;

  function includeOf(name: string): unknown {
    switch (name) {
      case 'participants':
        return teams.map((id, at) => ({
          id,
          name: `Team ${id}`,
          meta: { location: at === 0 ? 'home' : 'away' },
        }));
      case 'scores':
        return teams.map((id, at) => ({
          fixture_id: fixture.id,
          participant_id: id,
          description: 'CURRENT',
          score: { goals: goals[at], participant: at === 0 ? 'home' : 'away' },
        }));
      case 'state':
        return { id: fixture.state_id, ...stateNames[fixture.state_id] };
      case 'season':
        return seasons.find((season) => season.id === fixture.season_id);
      default:
        return { id: fixture.league_id, name: `League ${fixture.league_id}` };
    }
  }
}
