import type { Answer } from '../server/answer.ts';
import { jsonAnswer, textAnswer } from '../server/answer.ts';
import type { SimulatorRequest } from '../server/request.ts';
import type { ServerOptions, Simulator } from '../server/start-server.ts';
import { startServer } from '../server/start-server.ts';
import type { UpdatedAfterBound } from './find-events.ts';
import { findEvents } from './find-events.ts';
import type { Feature } from './read-earthquakes.ts';
import { writeBadRequest, writeGeoJson, writeQuakeMl } from './usgs-answer.ts';
import { UsgsContent } from './usgs-content.ts';
import type { UsgsControl } from './usgs-control.ts';
import { makeUsgsControl, usgsRoutes } from './usgs-control.ts';
import type { UsgsQuery } from './usgs-query.ts';
import { maxLimit, readUsgsQuery } from './usgs-query.ts';

/** How the simulated catalogue behaves. */
export interface UsgsOptions extends ServerOptions {
  /** Draws changes and new events; 1 when absent. */
  seed?: number;
  /** Starts without the 1,707 real events. */
  isEmpty?: boolean;
  /** A query without a limit that matches more than this is refused; 20,000 when absent. */
  cap?: number;
  /** Stricter: any query that matches more than this is refused, whatever its limit. */
  capMatching?: number;
  /** Whether `updatedafter` takes in its own moment; `inclusive` when absent. */
  updatedAfter?: UpdatedAfterBound;
}

/** A running USGS simulator; the API is under `<url>/fdsnws/event/1`. */
export type UsgsSimulator = Simulator<UsgsControl>;

/** Starts a simulated USGS FDSN event service. */
export async function startUsgs(options: UsgsOptions = {}): Promise<UsgsSimulator> {
  const clock = options.clock ?? Date.now;
  const isEmpty = options.isEmpty ?? false;
  const content = new UsgsContent({ seed: options.seed ?? 1, clock, isEmpty });
  const control = makeUsgsControl(content);
  return startServer(
    {
      answer: (request) => answer(request, content, { ...options, clock }),
      control,
      routes: {
        changes: usgsRoutes(control),
        content: () => JSON.stringify({ events: control.content() }),
      },
    },
    options,
  );
}

type Settings = UsgsOptions & { clock: () => number };

function answer(request: SimulatorRequest, content: UsgsContent, settings: Settings): Answer {
  const [, method] = /^\/fdsnws\/event\/1\/(query|count)$/.exec(request.path) ?? [];
  if (method !== 'query' && method !== 'count') return textAnswer(404, 'Error 404: Not Found');
  const nowMs = settings.clock();
  const query = readUsgsQuery(request.query, nowMs, method);
  if ('reason' in query) {
    if (query.status === 501) return textAnswer(501, query.reason);
    return writeBadRequest(query.reason, nowMs);
  }
  const matching = findEvents(content.events(), query, settings.updatedAfter ?? 'inclusive');
  if (method === 'count') return writeCount(query, matching.length, capOf(settings));
  const cap = findExceededCap(query, matching.length, settings);
  if (cap !== undefined) {
    const reason =
      `${matching.length} matching events exceeds search limit of ${cap}. ` +
      'Modify the search to match fewer events.';
    return writeBadRequest(reason, nowMs);
  }
  const from = query.offset - 1;
  const events = matching.slice(from, from + (query.limit ?? matching.length));
  return writeEvents(request, query, { events, content, nowMs });
}

function writeEvents(
  request: SimulatorRequest,
  query: UsgsQuery,
  found: { events: Feature[]; content: UsgsContent; nowMs: number },
): Answer {
  if (query.format === 'quakeml') return writeQuakeMl(found.events);
  return writeGeoJson(found.events, (event) => found.content.textOf(event), {
    generatedMs: found.nowMs,
    url: `https://earthquake.usgs.gov${request.target}`,
    limit: query.limit,
    offset: query.offset,
  });
}

function writeCount(query: UsgsQuery, count: number, maxAllowed: number): Answer {
  if (query.format === 'text') return textAnswer(200, String(count));
  return jsonAnswer(200, { count, maxAllowed });
}

function capOf(settings: Settings): number {
  return settings.capMatching ?? settings.cap ?? maxLimit;
}

/** The cap that this many matching events break, if they break one. */
function findExceededCap(
  query: UsgsQuery,
  matching: number,
  settings: Settings,
): number | undefined {
  const isNarrowed = query.limit !== undefined && settings.capMatching === undefined;
  const cap = capOf(settings);
  return matching > cap && !isNarrowed ? cap : undefined;
}
