import { isDayFormat, parseCursor } from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';
import { durationToMicros, lengthToDigits } from '../duration.ts';
import { isZone } from '../zone.ts';
import type { Mistake, Sections } from './mistake.ts';
import { checkPeriods } from './periods.ts';
import { checkZone } from './zone.ts';

type Incremental = Definition['incremental'];
type Cursor = Extract<Incremental, { kind: 'cursor' }>;
type Split = NonNullable<Cursor['split']>;

/** How a collector asks only for what changed. */
export function checkIncremental({ incremental, target }: Sections): Mistake[] {
  if (incremental?.kind === 'periods') return checkPeriods(incremental);
  if (incremental?.kind !== 'cursor') return [];
  return [
    ...checkZone(incremental),
    ...checkCursor(incremental),
    ...checkLengths(incremental),
    ...(incremental.split ? checkSplit(incremental, incremental.split) : []),
    ...checkField(incremental, target),
  ];
}

function checkCursor(cursor: Cursor): Mistake[] {
  const mistakes: Mistake[] = [];
  const isInteger = cursor.unit === 'integer';
  if (isInteger !== (cursor.format === 'integer')) {
    mistakes.push({
      path: 'incremental.format',
      message: `"${cursor.format}" does not write a cursor of unit ${cursor.unit}`,
    });
  }
  // Mistakes in the zone are told elsewhere.
  const zone = isZone(cursor.zone) ? cursor.zone : 'UTC';
  if (parseCursor(cursor.start, cursor.unit, zone) === undefined) {
    const wanted = isInteger ? 'an integer' : 'a date or an instant with a zone';
    mistakes.push({ path: 'incremental.start', message: `"${cursor.start}" is not ${wanted}` });
  }
  if (cursor.to !== undefined && cursor.to === cursor.from) {
    mistakes.push({ path: 'incremental.to', message: 'is the same parameter as incremental.from' });
  }
  return mistakes;
}

/** Lengths are of the cursor's own unit, and a window that is to be cut needs an end. */
function checkLengths(cursor: Cursor): Mistake[] {
  const mistakes: Mistake[] = [];
  const isInteger = cursor.unit === 'integer';
  for (const name of ['lookback', 'settle', 'size'] as const) {
    const length = cursor[name];
    // Nothing is as long in any unit.
    if (length === undefined || lengthToDigits(length) === 0n) continue;
    if (isInteger === (typeof length === 'number')) continue;
    const message = isInteger
      ? 'is a length of time, but the cursor is an integer'
      : 'is a number, but the cursor is a time: write a length such as 30d';
    mistakes.push({ path: `incremental.${name}`, message });
  }
  if (cursor.maxStep !== undefined && !isInteger) {
    const message = 'is for integers: a time is never covered beyond the clock';
    mistakes.push({ path: 'incremental.maxStep', message });
  }
  return [...mistakes, ...checkSize(cursor)];
}

const DAY_MICROS = durationToMicros('1d');

function checkSize({ size, from, to, format, field, unit }: Cursor): Mistake[] {
  if (size === undefined) return [];
  const path = 'incremental.size';
  const mistakes: Mistake[] = [];
  if (lengthToDigits(size) === 0n) mistakes.push({ path, message: 'must be longer than nothing' });
  if (to === undefined && from !== undefined) {
    const message = `needs incremental.to: without it a window of "${field}" has no end`;
    mistakes.push({ path, message });
  }
  if (unit === 'time' && isDayFormat(format) && lengthToDigits(size) < DAY_MICROS) {
    mistakes.push({ path, message: `must be 1d at least, since "${format}" says days` });
  }
  return mistakes;
}

function checkSplit(cursor: Cursor, split: Split): Mistake[] {
  const mistakes: Mistake[] = [];
  if (durationToMicros(split.min) === 0n) {
    mistakes.push({ path: 'incremental.split.min', message: 'must be longer than nothing' });
  }
  const ofAxis =
    split.axis === 'cursor' ? checkSplitCursor(cursor) : checkSplitOther(cursor, split);
  return [...mistakes, ...ofAxis];
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

function checkSplitOther(
  { from, to, zone }: Cursor,
  split: Extract<Split, { axis: 'other' }>,
): Mistake[] {
  const mistakes: Mistake[] = [];
  if (split.format === 'integer') {
    mistakes.push({ path: 'incremental.split.format', message: 'the split axis must be a time' });
  }
  if (parseCursor(split.start, 'time', isZone(zone) ? zone : 'UTC') === undefined) {
    mistakes.push({
      path: 'incremental.split.start',
      message: `"${split.start}" is not a date or an instant with a zone`,
    });
  }
  if (split.size !== undefined && durationToMicros(split.size) < durationToMicros(split.min)) {
    mistakes.push({
      path: 'incremental.split.size',
      message: 'is less than incremental.split.min',
    });
  }
  const used = [from, to, split.from, split.to].filter((name) => name !== undefined);
  if (new Set([from, to]).size === 2 && new Set(used).size < used.length) {
    mistakes.push({
      path: 'incremental.split',
      message: 'its parameters must differ from each other and from those of the cursor',
    });
  }
  return mistakes;
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
