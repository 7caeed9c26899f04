// Clocks of time zones, by the zone data of the runtime. A local time is written as the microseconds that it would be in
// UTC. Where clocks are set back a local time happens twice, where they are set forward it never happens: so an instant is
// turned into local time with an end in mind, and whatever is in doubt belongs to the window.

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** Outside of these years zones have no history, and the runtime's calendar has other eras. */
const FIRST_MS = -62_135_510_400_000;
const LAST_MS = 253_402_200_000_000;

/** Which end of a window a moment is: of several readings `from` takes the earliest, `to` the latest. */
export type WindowEnd = 'from' | 'to';

/** Whether the runtime knows a zone by this name; offsets such as `+03:00` are no zones, since they have no history. */
export function isZone(name: string): boolean {
  if (!/^[A-Z]/i.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en-US', { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/**
 * The local time of an instant, such that a window from it (or up to it) leaves out nothing: as `from` no later instant has
 * an earlier local time, as `to` no earlier instant has a later one.
 */
export function localTime(zone: string, micros: bigint, end: WindowEnd): bigint {
  if (zone === 'UTC') return micros;
  const atMs = toMs(micros);
  const local = micros + offsetMicros(zone, atMs);
  const [beforeMs, afterMs] = end === 'from' ? [atMs, atMs + DAY_MS] : [atMs - DAY_MS, atMs];
  if (offsetMs(zone, beforeMs) <= offsetMs(zone, afterMs)) return local;
  // Clocks are set back within a day: the repeated hour may reach further than the moment itself.
  const changeMs = changeBetween(zone, beforeMs, afterMs);
  const sideMs = end === 'from' ? changeMs : changeMs - 1;
  const repeated = BigInt(changeMs) * 1_000n + offsetMicros(zone, sideMs);
  if (end === 'from') return repeated < local ? repeated : local;
  return repeated > local ? repeated : local;
}

/** The instant of a local time; of one that happens twice the one of the given end, of one that never happens the change. */
export function instantOf(zone: string, local: bigint, end: WindowEnd = 'from'): bigint {
  if (zone === 'UTC') return local;
  const localMs = toMs(local);
  const before = offsetMs(zone, localMs - DAY_MS);
  const after = offsetMs(zone, localMs + DAY_MS);
  const found = [before, after]
    .filter((offset) => offsetMs(zone, localMs - offset) === offset)
    .map((offset) => local - BigInt(offset) * 1_000n);
  const [first, last = first] = found.toSorted((a, b) => (a < b ? -1 : 1));
  if (first === undefined || last === undefined) {
    return BigInt(changeBetween(zone, localMs - after - 1, localMs - before)) * 1_000n;
  }
  return end === 'from' ? first : last;
}

/** The first millisecond after a change of the clock that lies between two moments. */
function changeBetween(zone: string, firstMs: number, lastMs: number): number {
  const before = offsetMs(zone, firstMs);
  let [low, high] = [firstMs, lastMs];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetMs(zone, middle) === before) low = middle;
    else high = middle;
  }
  return high;
}

function offsetMicros(zone: string, atMs: number): bigint {
  return BigInt(offsetMs(zone, atMs)) * 1_000n;
}

/** How far the clocks of a zone are ahead of UTC at a moment. */
function offsetMs(zone: string, atMs: number): number {
  const clampedMs = Math.min(Math.max(atMs, FIRST_MS), LAST_MS);
  const wholeMs = Math.floor(clampedMs / 1_000) * 1_000;
  const shown: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(wholeMs)) shown[type] = Number(value);
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = shown;
  const local = new Date(0);
  // Date.UTC would take the years 0 to 99 for those of the last century.
  local.setUTCFullYear(year, month - 1, day);
  local.setUTCHours(hour, minute, second);
  return local.getTime() - wholeMs;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  formats.set(zone, made);
  return made;
}

function toMs(micros: bigint): number {
  return Number(micros / 1_000n) - (micros % 1_000n < 0n ? 1 : 0);
}
