import { isDayFormat, parseCursor } from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';
import { durationToMicros, lengthToDigits } from '../duration.ts';
import { isZone } from '../zone.ts';
import type { Mistake, Sections } from './mistake.ts';
import { independently } from './readable.ts';
import { checkPeriods } from './periods.ts';
import { checkZone } from './zone.ts';

type Incremental = Definition['incremental'];
type Cursor = Extract<Incremental, { kind: 'cursor' }>;
type Split = NonNullable<Cursor['split']>;

/** How a collector asks only for what changed. */
export function checkIncremental({ incremental, target }: Sections): Mistake[] {
  if (incremental?.kind === 'periods') return checkPeriods(incremental);
  if (incremental?.kind !== 'cursor') return [];
  return independently(
    () => checkZone(incremental),
    () => checkFormat(incremental),
    () => checkStart(incremental),
    () => checkParameters(incremental),
    ...lengthNames.map((name) => () => checkLength(incremental, name)),
    () => checkMaxStep(incremental),
    ...sizeChecks.map((check) => () => check(incremental)),
    () => (incremental.split ? checkSplit(incremental, incremental.split) : []),
    () => checkField(incremental, target),
  );
}

function checkFormat({ unit, format }: Cursor): Mistake[] {
  if ((unit === 'integer') === (format === 'integer')) return [];
  const message = `"${format}" does not write a cursor of unit ${unit}`;
  return [{ path: 'incremental.format', message }];
}

function checkStart({ start, unit, zone }: Cursor): Mistake[] {
  // Mistakes in the zone are told elsewhere.
  if (parseCursor(start, unit, isZone(zone) ? zone : 'UTC') !== undefined) return [];
  const wanted = unit === 'integer' ? 'an integer' : 'a date or an instant with a zone';
  return [{ path: 'incremental.start', message: `"${start}" is not ${wanted}` }];
}

function checkParameters({ from, to }: Cursor): Mistake[] {
  if (to === undefined || to !== from) return [];
  return [{ path: 'incremental.to', message: 'is the same parameter as incremental.from' }];
}

const lengthNames = ['lookback', 'settle', 'size'] as const;

/** Lengths are of the cursor's own unit. */
function checkLength(cursor: Cursor, name: (typeof lengthNames)[number]): Mistake[] {
  const length = cursor[name];
  // Nothing is as long in any unit.
  if (length === undefined || lengthToDigits(length) === 0n) return [];
  const isInteger = cursor.unit === 'integer';
  if (isInteger === (typeof length === 'number')) return [];
  const message = isInteger
    ? 'is a length of time, but the cursor is an integer'
    : 'is a number, but the cursor is a time: write a length such as 30d';
  return [{ path: `incremental.${name}`, message }];
}

function checkMaxStep({ maxStep, unit }: Cursor): Mistake[] {
  if (maxStep === undefined || unit === 'integer') return [];
  const message = 'is for integers: a time is never covered beyond the clock';
  return [{ path: 'incremental.maxStep', message }];
}

/** A window that is to be cut needs an end, and parts that can be said. */
const sizeChecks = [checkSomeSize, checkEnd, checkDays];

function checkSomeSize({ size }: Cursor): Mistake[] {
  if (size === undefined || lengthToDigits(size) !== 0n) return [];
  return [{ path: 'incremental.size', message: 'must be longer than nothing' }];
}

function checkEnd({ size, from, to, field }: Cursor): Mistake[] {
  if (size === undefined || to !== undefined || from === undefined) return [];
  const message = `needs incremental.to: without it a window of "${field}" has no end`;
  return [{ path: 'incremental.size', message }];
}

const DAY_MICROS = durationToMicros('1d');

function checkDays({ size, unit, format }: Cursor): Mistake[] {
  if (size === undefined || unit !== 'time' || !isDayFormat(format)) return [];
  if (lengthToDigits(size) >= DAY_MICROS) return [];
  const message = `must be 1d at least, since "${format}" says days`;
  return [{ path: 'incremental.size', message }];
}

function checkSplit(cursor: Cursor, split: Split): Mistake[] {
  return independently(
    () => checkMin(split),
    ...(split.axis === 'cursor'
      ? [() => checkSplitCursor(cursor)]
      : splitChecks.map((check) => () => check(cursor, split))),
  );
}

function checkMin({ min }: Split): Mistake[] {
  if (durationToMicros(min) !== 0n) return [];
  return [{ path: 'incremental.split.min', message: 'must be longer than nothing' }];
}

function checkSplitCursor({ to, unit, field }: Cursor): Mistake[] {
  const path = 'incremental.split.axis';
  if (unit === 'integer') {
    const message = 'an integer has no clock, so the end of an open window is not known';
    return [{ path, message }];
  }
  if (to !== undefined) return [];
  const message = `needs incremental.to: without it a window of "${field}" has no halves`;
  return [{ path, message }];
}

type SplitOther = Extract<Split, { axis: 'other' }>;

const splitChecks = [checkSplitFormat, checkSplitStart, checkSplitSize, checkSplitParameters];

function checkSplitFormat(_cursor: Cursor, { format }: SplitOther): Mistake[] {
  if (format !== 'integer') return [];
  return [{ path: 'incremental.split.format', message: 'the split axis must be a time' }];
}

function checkSplitStart({ zone }: Cursor, { start }: SplitOther): Mistake[] {
  if (parseCursor(start, 'time', isZone(zone) ? zone : 'UTC') !== undefined) return [];
  const message = `"${start}" is not a date or an instant with a zone`;
  return [{ path: 'incremental.split.start', message }];
}

function checkSplitSize(_cursor: Cursor, { size, min }: SplitOther): Mistake[] {
  if (size === undefined || durationToMicros(size) >= durationToMicros(min)) return [];
  return [{ path: 'incremental.split.size', message: 'is less than incremental.split.min' }];
}

function checkSplitParameters({ from, to }: Cursor, split: SplitOther): Mistake[] {
  const used = [from, to, split.from, split.to].filter((name) => name !== undefined);
  // Two of the cursor that are the same are told already.
  if (new Set([from, to]).size < 2 || new Set(used).size === used.length) return [];
  const message = 'its parameters must differ from each other and from those of the cursor';
  return [{ path: 'incremental.split', message }];
}

const cursorTypes = { time: ['timestamptz', 'date'], integer: ['bigint', 'numeric'] } as const;

function checkField(cursor: Cursor, target: Sections['target']): Mistake[] {
  if (target?.kind !== 'table') return [];
  const field = target.fields[cursor.field];
  if (!field) {
    return [{ path: 'incremental.field', message: `target.fields has no field "${cursor.field}"` }];
  }
  const types: readonly string[] = cursorTypes[cursor.unit];
  if (types.includes(field.type)) return [];
  return [
    {
      path: `target.fields.${cursor.field}.type`,
      message: `holds the cursor, so it must be ${types.join(' or ')}`,
    },
  ];
}
