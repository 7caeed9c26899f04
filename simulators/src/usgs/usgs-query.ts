/** A valid question to the catalogue; times are ms since 1970. */
export interface UsgsQuery {
  format: 'geojson' | 'quakeml' | 'text';
  startMs: number;
  endMs: number;
  updatedAfterMs: number | undefined;
  minMagnitude: number | undefined;
  deleted: 'without' | 'with' | 'only';
  orderBy: 'time' | 'time-asc' | 'magnitude' | 'magnitude-asc';
  limit: number | undefined;
  offset: number;
}

/** Why a question is not answered. */
export interface UsgsRefusal {
  status: 400 | 501;
  reason: string;
}

/** The largest limit that the service takes. */
export const maxLimit = 20_000;

const defaultWindowMs = 30 * 86_400_000;

const known = [
  'format',
  'starttime',
  'endtime',
  'updatedafter',
  'minmagnitude',
  'includedeleted',
  'orderby',
  'limit',
  'offset',
  'nodata',
];

/** Parameters of the real service: ignoring them would look like an answer to them. */
const notSimulated = `
  minlatitude minlongitude maxlatitude maxlongitude latitude longitude maxradius
  maxradiuskm mindepth maxdepth maxmagnitude eventid catalog contributor eventtype
  alertlevel callback jsonerror kmlanimated minfelt mincdi maxcdi mingap maxgap minmmi
  maxmmi minsig maxsig producttype productcode reviewstatus includeallmagnitudes
  includeallorigins includearrivals includesuperseded magnitudetype kmlcolorby
`
  .trim()
  .split(/\s+/);

class Refused extends Error {
  readonly refusal: UsgsRefusal;

  constructor(status: UsgsRefusal['status'], reason: string) {
    super(reason);
    this.refusal = { status, reason };
  }
}

/** Reads the parameters of `query` or `count`; whatever the real service refuses is refused. */
export function readUsgsQuery(
  parameters: URLSearchParams,
  nowMs: number,
  method: 'query' | 'count',
): UsgsQuery | UsgsRefusal {
  try {
    return read(readParameters(parameters), nowMs, method);
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

function read(given: Map<string, string>, nowMs: number, method: 'query' | 'count'): UsgsQuery {
  const limit = given.get('limit');
  const offset = given.get('offset');
  const updatedAfter = given.get('updatedafter');
  const minMagnitude = given.get('minmagnitude');
  return {
    format: readFormat(given.get('format') ?? (method === 'query' ? 'quakeml' : 'text'), method),
    startMs: readTime('starttime', given.get('starttime')) ?? nowMs - defaultWindowMs,
    endMs: readTime('endtime', given.get('endtime')) ?? nowMs,
    updatedAfterMs: readTime('updatedafter', updatedAfter),
    minMagnitude: minMagnitude === undefined ? undefined : readNumber('minmagnitude', minMagnitude),
    deleted: readDeleted(given.get('includedeleted') ?? 'false'),
    orderBy: readOrder(given.get('orderby') ?? 'time'),
    limit: limit === undefined ? undefined : readWhole('limit', limit, maxLimit),
    offset: offset === undefined ? 1 : readWhole('offset', offset, Number.MAX_SAFE_INTEGER),
  };
}

function readParameters(parameters: URLSearchParams): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (notSimulated.includes(name)) throw new Refused(501, `not simulated: ${name}`);
    if (!known.includes(name)) throw new Refused(400, `Unknown parameter "${name}".`);
    if (given.has(name)) throw new Refused(400, `Parameter "${name}" is given more than once.`);
    given.set(name, value);
  }
  return given;
}

function readFormat(format: string, method: 'query' | 'count'): UsgsQuery['format'] {
  if (format === 'geojson') return 'geojson';
  if (format === 'text' && method === 'count') return 'text';
  if ((format === 'quakeml' || format === 'xml') && method === 'query') return 'quakeml';
  if (['csv', 'text', 'kml', 'quakeml', 'xml'].includes(format)) {
    throw new Refused(501, `not simulated: format=${format}`);
  }
  throw bad('format', format);
}

/** ISO 8601, in UTC when it names no zone. */
function readTime(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const parts =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}:\d{2}(?:\.\d{1,6})?))?(Z|[+-]\d{2}:\d{2})?$/;
  const [, day, time = '00:00:00', zone = 'Z'] = parts.exec(text) ?? [];
  const timeMs = day === undefined ? Number.NaN : Date.parse(`${day}T${time}${zone}`);
  if (Number.isNaN(timeMs)) throw bad(name, text);
  return timeMs;
}

function readNumber(name: string, text: string): number {
  if (!/^-?\d+(\.\d+)?$/.test(text)) throw bad(name, text);
  return Number(text);
}

function readWhole(name: string, text: string, max: number): number {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw bad(name, text);
  return value;
}

function readDeleted(text: string): UsgsQuery['deleted'] {
  switch (text) {
    case 'true':
      return 'with';
    case 'false':
      return 'without';
    case 'only':
      return 'only';
    default:
      throw bad('includedeleted', text);
  }
}

function readOrder(text: string): UsgsQuery['orderBy'] {
  switch (text) {
    case 'time':
    case 'time-asc':
    case 'magnitude':
    case 'magnitude-asc':
      return text;
    default:
      throw bad('orderby', text);
  }
}

function bad(name: string, text: string): Refused {
  return new Refused(400, `Bad ${name} value "${text}".`);
}
