import type { SimulatorRequest } from '../server/request.ts';
import type { DatabaseId, Indicator } from './indicators.ts';
import { findIndicator, isDatabaseId } from './indicators.ts';

/** A valid data call. */
export interface WorldBankQuery {
  kind: 'query';
  /** Upper case ISO2 or ISO3 codes; `all` for every country. */
  countryCodes: 'all' | readonly string[];
  indicators: readonly Indicator[];
  database: DatabaseId;
  /** Whole years, both inclusive; `none` for a period that yearly series do not have. */
  years: { from: number; to: number } | 'none';
  page: number;
  perPage: number;
}

/** Why a call is not answered with observations. */
export type WorldBankRefusal =
  | { kind: 'no-such-path' }
  | { kind: 'invalid'; id: string; key: string; value: string }
  /** A parameter of the real service that is not simulated: silence would look like its default. */
  | { kind: 'not-simulated'; parameter: string };

/** The largest page that the service gives. */
export const maxPerPage = 32_500;

const maxIndicators = 60;
const notSimulated = ['mrv', 'mrnev', 'gapfill', 'frequency', 'footnote', 'ctrycode', 'prefix'];

class Refused extends Error {
  readonly refusal: WorldBankRefusal;

  constructor(refusal: WorldBankRefusal) {
    super(refusal.kind);
    this.refusal = refusal;
  }
}

/** Reads a data call; parameters that the real service does not know are ignored, as there. */
export function readWorldBankQuery(
  request: SimulatorRequest,
  knownCodes: ReadonlySet<string>,
): WorldBankQuery | WorldBankRefusal {
  try {
    return read(request, knownCodes);
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

function read(request: SimulatorRequest, knownCodes: ReadonlySet<string>): WorldBankQuery {
  const path = /^\/v2\/countr(?:y|ies)\/([^/]+)\/indicators?\/([^/]+)\/?$/.exec(request.path);
  if (path === null) throw new Refused({ kind: 'no-such-path' });
  const query = lowerCaseNames(request.query);
  const unsupported = notSimulated.find((name) => query.has(name));
  if (unsupported !== undefined) {
    throw new Refused({ kind: 'not-simulated', parameter: unsupported });
  }
  const source = query.get('source');
  return {
    kind: 'query',
    countryCodes: readCountries(path[1] ?? '', knownCodes),
    indicators: readIndicators(path[2] ?? '', source),
    database: readDatabase(source),
    years: readYears(query.get('date')),
    page: readWhole(query.get('page') ?? '1', Number.MAX_SAFE_INTEGER),
    perPage: readWhole(query.get('per_page') ?? '50', maxPerPage),
  };
}

/** The first of a repeated parameter counts; names are not case-sensitive. */
function lowerCaseNames(query: URLSearchParams): Map<string, string> {
  const read = new Map<string, string>();
  for (const [name, value] of query) {
    if (!read.has(name.toLowerCase())) read.set(name.toLowerCase(), value);
  }
  return read;
}

function readCountries(segment: string, known: ReadonlySet<string>): 'all' | readonly string[] {
  const codes = readCodes(segment).map((code) => code.toUpperCase());
  if (codes.length === 1 && codes[0] === 'ALL') return 'all';
  if (!codes.every((code) => known.has(code))) throw invalid();
  return codes;
}

function readIndicators(segment: string, source: string | undefined): Indicator[] {
  const found = readCodes(segment).map((code) => findIndicator(code));
  if (found.length > maxIndicators) throw invalid();
  if (found.length > 1 && source === undefined) throw invalid();
  return [...new Set(found.map((each) => presentIn(each, readDatabase(source))))];
}

function presentIn(indicator: Indicator | undefined, database: DatabaseId): Indicator {
  if (indicator === undefined || !indicator.databases.includes(database)) throw invalid();
  return indicator;
}

function readDatabase(source: string | undefined): DatabaseId {
  const id = source ?? '2';
  if (!isDatabaseId(id)) throw invalid();
  return id;
}

function readCodes(segment: string): string[] {
  try {
    return decodeURIComponent(segment).split(';');
  } catch {
    throw invalid();
  }
}

function readYears(date: string | undefined): WorldBankQuery['years'] {
  if (date === undefined) return { from: 0, to: 9_999 };
  if (/^\d{4}(M\d{2}|Q[1-4])(:\d{4}(M\d{2}|Q[1-4]))?$/i.test(date)) return 'none';
  const years = /^(\d{4})(?::(\d{4}))?$/.exec(date);
  if (years === null) throw invalid();
  const from = Number(years[1]);
  const to = Number(years[2] ?? years[1]);
  return { from: Math.min(from, to), to: Math.max(from, to) };
}

function readWhole(text: string, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw invalid();
  return value;
}

function invalid(): Refused {
  return new Refused({
    kind: 'invalid',
    id: '120',
    key: 'Invalid value',
    value: 'The provided parameter value is not valid',
  });
}
