import { parseCursor } from '../cursor-format.ts';
import type { Definition } from '../definition/definition.ts';
import { durationToMicros } from '../duration.ts';
import { isPeriodKey } from '../incremental/period-keys.ts';
import type { Mistake, Sections } from './mistake.ts';

type Incremental = Definition['incremental'];
type Cursor = Extract<Incremental, { kind: 'cursor' }>;
type Periods = Extract<Incremental, { kind: 'periods' }>;

/** How a collector asks only for what changed. */
export function checkIncremental({ incremental, target }: Sections): Mistake[] {
  if (incremental?.kind === 'periods') return checkPeriods(incremental);
  if (incremental?.kind !== 'cursor') return [];
  return [
    ...checkCursor(incremental),
    ...checkSplit(incremental),
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
  if (parseCursor(cursor.start, cursor.unit) === undefined) {
    const wanted = isInteger ? 'an integer' : 'a date or an instant with a zone';
    mistakes.push({ path: 'incremental.start', message: `"${cursor.start}" is not ${wanted}` });
  }
  for (const name of ['lookback', 'settle'] as const) {
    if (isInteger && durationToMicros(cursor[name]) !== 0n) {
      mistakes.push({
        path: `incremental.${name}`,
        message: 'is a length of time, but the cursor is an integer',
      });
    }
  }
  if (cursor.to === cursor.from) {
    mistakes.push({ path: 'incremental.to', message: 'is the same parameter as incremental.from' });
  }
  return mistakes;
}

function checkSplit({ split, from, to }: Cursor): Mistake[] {
  if (!split) return [];
  const mistakes: Mistake[] = [];
  if (split.format === 'integer') {
    mistakes.push({ path: 'incremental.split.format', message: 'the split axis must be a time' });
  }
  if (parseCursor(split.start, 'time') === undefined) {
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
  if (durationToMicros(split.min) === 0n) {
    mistakes.push({ path: 'incremental.split.min', message: 'must be longer than nothing' });
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

function checkPeriods(periods: Periods): Mistake[] {
  const mistakes: Mistake[] = [];
  for (const end of ['from', 'to'] as const) {
    const key = periods[end];
    if (key !== undefined && !isPeriodKey(periods.unit, key)) {
      mistakes.push({ path: `incremental.${end}`, message: `"${key}" is not a ${periods.unit}` });
    }
  }
  if (mistakes.length === 0 && periods.to !== undefined && periods.to < periods.from) {
    mistakes.push({ path: 'incremental.to', message: 'is before incremental.from' });
  }
  return mistakes;
}
