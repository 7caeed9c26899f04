import type { Answer } from '../server/answer.ts';
import { jsonAnswer } from '../server/answer.ts';
import type { SimulatorRequest } from '../server/request.ts';
import type { ServerOptions, Simulator } from '../server/start-server.ts';
import { startServer } from '../server/start-server.ts';
import { answerSportmonks } from './sportmonks-answer.ts';
import { SportmonksContent } from './sportmonks-content.ts';
import type { SportmonksControl } from './sportmonks-control.ts';
import { makeSportmonksControl, sportmonksRoutes } from './sportmonks-control.ts';
import { readSportmonksQuery } from './sportmonks-query.ts';
import { SportmonksQuotas } from './sportmonks-quota.ts';

/** How the simulated service behaves. */
export interface SportmonksOptions extends ServerOptions {
  /** Draws matches and changes; 1 when absent. */
  seed?: number;
  /** Matches of each of the six seasons; 30 when absent. */
  fixturesPerSeason?: number;
  /** Requests of an entity in an hour; 3,000 when absent. */
  requestsPerHour?: number;
  /** What `Authorization` or `api_token` must say; anything when absent. */
  token?: string;
}

/** A running Sportmonks simulator; the API is under `<url>/v3/football`. */
export type SportmonksSimulator = Simulator<SportmonksControl>;

/** Starts a simulated Sportmonks Football API v3. */
export async function startSportmonks(
  options: SportmonksOptions = {},
): Promise<SportmonksSimulator> {
  const clock = options.clock ?? Date.now;
  const { seed = 1, fixturesPerSeason = 30, requestsPerHour = 3_000 } = options;
  const content = new SportmonksContent({ seed, clock, fixturesPerSeason });
  const quotas = new SportmonksQuotas(requestsPerHour, clock);
  const control = makeSportmonksControl(content);
  return startServer(
    {
      answer: (request) => answer(request, { content, quotas, token: options.token }),
      control,
      routes: {
        changes: sportmonksRoutes(control),
        content: () => JSON.stringify({ matches: control.matches(), seasons: control.seasons() }),
      },
    },
    options,
  );
}

interface Service {
  content: SportmonksContent;
  quotas: SportmonksQuotas;
  token: string | undefined;
}

function answer(request: SimulatorRequest, { content, quotas, token }: Service): Answer {
  // The header holds the bare token, without a scheme.
  const given = request.headers.authorization ?? request.query.get('api_token');
  if (given === null || (token !== undefined && given !== token)) {
    return jsonAnswer(401, { message: 'Unauthenticated.' });
  }
  const query = readSportmonksQuery(request);
  if ('status' in query) return jsonAnswer(query.status, { message: query.message });
  const quota = quotas.take(query.kind === 'seasons' ? 'Season' : 'Fixture');
  if (quota) return answerSportmonks(query, content, quota);
  return jsonAnswer(429, {
    message: 'You have reached your rate limit',
    link: 'https://docs.sportmonks.com/football/api/response-codes/other-exceptions',
    reset_code: 'c9920a',
  });
}
