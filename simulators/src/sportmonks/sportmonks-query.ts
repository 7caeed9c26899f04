import type { SimulatorRequest } from '../server/request.ts';

/** A valid question. */
export interface SportmonksQuery {
  kind: 'seasons' | 'fixtures' | 'multi' | 'fixture';
  /** Of `multi` and of one fixture. */
  ids: readonly number[];
  includes: readonly string[];
  /** Ids that a filter names; absent filters let everything through. */
  leagues: ReadonlySet<number> | undefined;
  seasons: ReadonlySet<number> | undefined;
  idAfter: number;
  page: number;
  perPage: number;
  order: 'asc' | 'desc';
}

/** Why a question is not answered. */
export interface SportmonksRefusal {
  status: number;
  message: string;
}

const knownIncludes = ['participants', 'scores', 'state', 'league', 'season'];
const parameters = ['api_token', 'include', 'filters', 'page', 'per_page', 'order'];
const notSimulated = ['select', 'sortBy', 'cursor', 'timezone', 'locale'];
const maxIds = 50;
/** Offset paging past so many rows is refused. */
const maxDepth = 20_000;

class Refused extends Error {
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Reads a question; what the real service is not known to ignore is refused. */
export function readSportmonksQuery(
  request: SimulatorRequest,
): SportmonksQuery | SportmonksRefusal {
  try {
    return read(request);
  } catch (error) {
    if (error instanceof Refused) return { status: error.status, message: error.message };
    throw error;
  }
}

function read({ path, query }: SimulatorRequest): SportmonksQuery {
  const place = readPath(path);
  for (const name of query.keys()) {
    if (notSimulated.includes(name))
      throw new Refused(501, `the parameter ${name} is not simulated`);
    if (!parameters.includes(name)) throw new Refused(400, `unknown parameter ${name}`);
    if (query.getAll(name).length > 1) throw new Refused(400, `repeated parameter ${name}`);
  }
  const filters = readFilters(query.get('filters'), place.kind);
  const page = readWhole(query, 'page', 1);
  // A larger size is made smaller, but for `populate`.
  const perPage = Math.min(readWhole(query, 'per_page', 25), filters.populate ? 1_000 : 50);
  if ((page - 1) * perPage > maxDepth) {
    throw new Refused(400, `offset paging ends after ${maxDepth} rows; use cursor`);
  }
  const order = query.get('order') ?? 'asc';
  if (order !== 'asc' && order !== 'desc') throw new Refused(400, 'order must be asc or desc');
  return {
    ...place,
    ...filters,
    includes: readIncludes(query.get('include')),
    page,
    perPage,
    order,
  };
}

function readPath(path: string): Pick<SportmonksQuery, 'kind' | 'ids'> {
  const [, rest = ''] = /^\/v3\/football\/(.+)$/.exec(path) ?? [];
  if (rest === 'seasons') return { kind: 'seasons', ids: [] };
  if (rest === 'fixtures') return { kind: 'fixtures', ids: [] };
  const [, one] = /^fixtures\/(\d+)$/.exec(rest) ?? [];
  if (one !== undefined) return { kind: 'fixture', ids: [Number(one)] };
  const [, list] = /^fixtures\/multi\/(\d+(?:,\d+)*)$/.exec(decodeURIComponent(rest)) ?? [];
  if (list === undefined) throw new Refused(404, 'The requested endpoint does not exist!');
  const ids = list.split(',').map(Number);
  if (ids.length > maxIds) throw new Refused(400, `at most ${maxIds} ids can be requested at once`);
  return { kind: 'multi', ids };
}

type Filters = Pick<SportmonksQuery, 'leagues' | 'seasons' | 'idAfter'> & { populate: boolean };

function readFilters(text: string | null, kind: SportmonksQuery['kind']): Filters {
  const filters: Filters = { leagues: undefined, seasons: undefined, idAfter: 0, populate: false };
  for (const filter of text === null || text === '' ? [] : text.split(';')) {
    const [name = '', values = ''] = filter.split(':');
    if (filter === 'populate') filters.populate = true;
    else
      setFilter(filters, `${kind === 'seasons' ? 'season' : 'fixture'} ${name}`, readIds(values));
  }
  return filters;
}

function setFilter(filters: Filters, filter: string, ids: readonly number[]): void {
  switch (filter) {
    case 'season seasonLeagues':
    case 'fixture fixtureLeagues':
      filters.leagues = new Set(ids);
      return;
    case 'fixture fixtureSeasons':
      filters.seasons = new Set(ids);
      return;
    case 'season idAfter':
    case 'fixture idAfter':
      filters.idAfter = Math.max(...ids);
      return;
    default:
      throw new Refused(400, `unknown filter of ${filter}`);
  }
}

function readIds(text: string): number[] {
  const ids = text.split(',').map(Number);
  if (ids.every((id) => Number.isSafeInteger(id) && id > 0)) return ids;
  throw new Refused(400, `a filter has no valid ids: ${text}`);
}

function readIncludes(text: string | null): string[] {
  const names = text === null || text === '' ? [] : text.split(';');
  for (const name of names) {
    if (!knownIncludes.includes(name)) {
      throw new Refused(404, `The requested include '${name}' does not exist`);
    }
  }
  return names;
}

function readWhole(query: URLSearchParams, name: string, absent: number): number {
  const text = query.get(name) ?? String(absent);
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new Refused(400, `${name} must be a whole number from 1`);
}
