import type { GridPoint, Variable } from './weather.ts';
import { dayMs, isVariable } from './weather.ts';

/** A valid question to the archive. */
export interface ArchiveQuery {
  point: GridPoint;
  startMs: number;
  /** The begin of the last day. */
  endMs: number;
  hourly: Variable[];
  timeFormat: 'iso8601' | 'unixtime';
}

/** Why a question is not answered. */
export interface ArchiveRefusal {
  status: 400 | 501;
  reason: string;
}

/** The archive begins here. */
const firstDay = '1940-01-01';

/** Parameters of the real service: ignoring them would look like an answer to them. */
const notSimulated = [
  'daily',
  'models',
  'temperature_unit',
  'wind_speed_unit',
  'precipitation_unit',
];

class Refused extends Error {
  readonly refusal: ArchiveRefusal;

  constructor(status: ArchiveRefusal['status'], reason: string) {
    super(reason);
    this.refusal = { status, reason };
  }
}

/** Reads the parameters of the archive; unknown ones are ignored, as the real service does. */
export function readArchiveQuery(
  parameters: URLSearchParams,
  lastDay: string,
): ArchiveQuery | ArchiveRefusal {
  try {
    for (const name of notSimulated) {
      if (parameters.has(name)) throw new Refused(501, `not simulated: ${name}`);
    }
    const zone = parameters.get('timezone') ?? 'GMT';
    if (zone !== 'GMT' && zone !== 'UTC') throw new Refused(501, 'not simulated: timezone');
    const point = {
      latitude: readDegrees(parameters, 'latitude', 90),
      longitude: readDegrees(parameters, 'longitude', 180),
    };
    const startMs = readDay(parameters, 'start_date', lastDay);
    const endMs = readDay(parameters, 'end_date', lastDay);
    if (endMs < startMs) {
      throw new Refused(400, 'End-date must be larger or equals than start-date.');
    }
    return {
      point,
      startMs,
      endMs,
      hourly: readHourly(parameters),
      timeFormat: readForm(parameters),
    };
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

/** How much a question counts: more for many variables or many days. */
export function weightOf({ hourly, startMs, endMs }: ArchiveQuery): number {
  const days = (endMs - startMs) / dayMs + 1;
  return Math.max(1, hourly.length / 10) * Math.max(1, days / 14);
}

function readDegrees(parameters: URLSearchParams, name: string, most: number): number {
  const text = parameters.get(name);
  if (text === null) throw new Refused(400, `Parameter '${name}' is required.`);
  if (text.includes(',')) throw new Refused(501, 'not simulated: several locations');
  const degrees = /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : Number.NaN;
  if (!(Math.abs(degrees) <= most)) {
    const name0 = name[0]?.toUpperCase() + name.slice(1);
    throw new Refused(400, `${name0} must be in range of -${most} to ${most}°. Given: ${text}.`);
  }
  return degrees;
}

function readDay(parameters: URLSearchParams, name: string, lastDay: string): number {
  const text = parameters.get(name);
  if (text === null) throw new Refused(400, `Parameter '${name}' is required.`);
  const ms = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(ms)) {
    throw new Refused(400, `Invalid date format. Make sure to use 'YYYY-MM-DD'. Given: ${text}`);
  }
  if (text < firstDay || text > lastDay) {
    const range = `from ${firstDay} to ${lastDay}`;
    throw new Refused(400, `Parameter '${name}' is out of allowed range ${range}`);
  }
  return ms;
}

function readHourly(parameters: URLSearchParams): Variable[] {
  const names = (parameters.get('hourly') ?? '').split(',').filter(Boolean);
  return names.map((name) => {
    if (isVariable(name)) return name;
    const reason = `Cannot initialize VariableOrDerived from invalid String value ${name}.`;
    throw new Refused(400, `Data corrupted at path ''. ${reason}`);
  });
}

function readForm(parameters: URLSearchParams): ArchiveQuery['timeFormat'] {
  const text = parameters.get('timeformat') ?? 'iso8601';
  if (text === 'iso8601' || text === 'unixtime') return text;
  throw new Refused(400, `Cannot initialize Timeformat from invalid String value ${text}.`);
}
