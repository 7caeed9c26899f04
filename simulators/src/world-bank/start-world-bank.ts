import { Random } from '../random.ts';
import type { Answer } from '../server/answer.ts';
import { textAnswer } from '../server/answer.ts';
import type { SimulatorRequest } from '../server/request.ts';
import type { ServerOptions, Simulator } from '../server/start-server.ts';
import { startServer } from '../server/start-server.ts';
import type { DatabaseId } from './indicators.ts';
import type { Meta, Writing } from './world-bank-answer.ts';
import { writeError, writeHtml, writeObservations } from './world-bank-answer.ts';
import type { Observation } from './world-bank-content.ts';
import { WorldBankContent } from './world-bank-content.ts';
import type { WorldBankControl } from './world-bank-control.ts';
import { makeWorldBankControl, worldBankRoutes } from './world-bank-control.ts';
import type { WorldBankQuery, WorldBankRefusal } from './world-bank-query.ts';
import { readWorldBankQuery } from './world-bank-query.ts';

/** How the simulated World Bank differs from a well-behaved one. */
export interface WorldBankOptions extends ServerOptions {
  /** Draws quirks and changes; 1 when absent. */
  seed?: number;
  /** The last year that has rows; those after 2005 have no value. 2005 when absent. */
  lastYear?: number;
  /** The first `lastupdated` of a source database, `YYYY-MM-DD`. */
  lastUpdated?: Partial<Record<DatabaseId, string>>;
  /** Share of bodies that start with a byte order mark; 0 when absent. */
  bomShare?: number;
  /** Share of answers whose meta numbers are texts; 0 when absent. */
  stringMetaShare?: number;
  /** Share of errors that come as XML though JSON was asked for; 0 when absent. */
  xmlErrorShare?: number;
  /** A request sooner than this after the last one that was let in may be answered with 400. */
  minSpacingMs?: number;
  /** Share of the too early requests that are answered with 400; 1 when absent. */
  throttleShare?: number;
  /** Answers 502 to a page with more rows than this. */
  badGatewayAboveRows?: number;
}

/** A running World Bank simulator; the API is under `<url>/v2`. */
export type WorldBankSimulator = Simulator<WorldBankControl>;

/** Starts a simulated World Bank Indicators API v2. */
export async function startWorldBank(options: WorldBankOptions = {}): Promise<WorldBankSimulator> {
  const content = new WorldBankContent({
    seed: options.seed ?? 1,
    lastYear: options.lastYear ?? 2005,
    clock: options.clock ?? Date.now,
    lastUpdated: options.lastUpdated ?? {},
  });
  const control = makeWorldBankControl(content);
  const service = new WorldBankService(content, options);
  return startServer(
    {
      answer: (request) => service.answer(request),
      control,
      routes: { changes: worldBankRoutes(control), content: () => contentJson(content) },
    },
    options,
  );
}

function contentJson(content: WorldBankContent): string {
  const lastUpdated = {
    '2': content.lastUpdated('2'),
    '16': content.lastUpdated('16'),
    '40': content.lastUpdated('40'),
  };
  return JSON.stringify({ lastUpdated, rows: content.rows() });
}

class WorldBankService {
  readonly #content: WorldBankContent;
  readonly #options: WorldBankOptions;
  readonly #quirks: Random;
  #letInAtMs = Number.NEGATIVE_INFINITY;

  constructor(content: WorldBankContent, options: WorldBankOptions) {
    this.#content = content;
    this.#options = options;
    // Apart from the draws of the content, so that requests do not change what changes.
    this.#quirks = new Random((options.seed ?? 1) ^ 0x5eed);
  }

  answer(request: SimulatorRequest): Answer {
    if (this.#isThrottled()) return writeHtml(400, 'Bad Request');
    const known = new Set(this.#content.countries.flatMap((each) => [each.iso2, each.iso3]));
    const read = readWorldBankQuery(request, known);
    const writing = this.#writing(request);
    return read.kind === 'query' ? this.#observations(read, writing) : this.#refuse(read, writing);
  }

  #observations(query: WorldBankQuery, writing: Writing): Answer {
    const matching = this.#content.rows().filter((row) => matches(row, query));
    const start = (query.page - 1) * query.perPage;
    const rows = matching.slice(start, start + query.perPage);
    if (rows.length > (this.#options.badGatewayAboveRows ?? Number.POSITIVE_INFINITY)) {
      return writeHtml(502, 'Bad Gateway');
    }
    return writeObservations(this.#meta(query, matching.length), rows, writing);
  }

  #meta(query: WorldBankQuery, total: number): Meta {
    if (total === 0) {
      return { page: 0, pages: 0, per_page: 0, total: 0, sourceid: null, lastupdated: null };
    }
    return {
      page: query.page,
      pages: Math.ceil(total / query.perPage),
      per_page: query.perPage,
      total,
      sourceid: query.indicators.length > 1 ? null : query.database,
      lastupdated: this.#content.lastUpdated(query.database),
    };
  }

  #refuse(refusal: WorldBankRefusal, writing: Writing): Answer {
    switch (refusal.kind) {
      case 'no-such-path':
        return writeHtml(404, 'Not Found');
      case 'not-simulated':
        return textAnswer(501, `not simulated: ${refusal.parameter}`);
      case 'invalid': {
        const isXml = this.#quirks.happens(this.#options.xmlErrorShare ?? 0);
        return writeError(refusal, isXml ? { ...writing, format: 'xml' } : writing);
      }
    }
  }

  #writing(request: SimulatorRequest): Writing {
    const format = [...request.query].find(([name]) => name.toLowerCase() === 'format')?.[1];
    return {
      format: format?.toLowerCase() === 'json' ? 'json' : 'xml',
      bom: this.#quirks.happens(this.#options.bomShare ?? 0),
      stringMeta: this.#quirks.happens(this.#options.stringMetaShare ?? 0),
    };
  }

  #isThrottled(): boolean {
    const nowMs = performance.now();
    const isEarly = nowMs - this.#letInAtMs < (this.#options.minSpacingMs ?? 0);
    if (isEarly && this.#quirks.happens(this.#options.throttleShare ?? 1)) return true;
    this.#letInAtMs = nowMs;
    return false;
  }
}

function matches(row: Observation, query: WorldBankQuery): boolean {
  if (query.years === 'none') return false;
  if (row.year < query.years.from || row.year > query.years.to) return false;
  if (!query.indicators.some((each) => each.code === row.indicator)) return false;
  if (query.countryCodes === 'all') return true;
  return query.countryCodes.includes(row.iso2) || query.countryCodes.includes(row.iso3);
}
