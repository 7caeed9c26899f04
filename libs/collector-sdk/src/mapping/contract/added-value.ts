import type { AddedType } from '@tidemark/contracts';
import { isRawJson } from '../../answer/raw-json.ts';
import { isAbsent } from '../columns/absent.ts';
import { copyText } from '../columns/copy-text.ts';
import { timestampConverter } from '../columns/instants.ts';
import { storableJson } from '../columns/json.ts';
import { toBigint, toNumeric } from '../columns/numbers.ts';

const toInstant = timestampConverter('iso');

/** A value with the type that it tells of itself, as a field of COPY's text format. */
export interface AddedValue {
  readonly type: AddedType;
  readonly text: string;
}

/**
 * What a value is when nobody declared it; undefined when it says nothing. The text is the same whichever column takes it,
 * so that a number may go into a column of text, and an instant into one as it was written.
 */
export function addedValueOf(value: unknown): AddedValue | undefined {
  switch (typeof value) {
    case 'string':
      if (value === '') return undefined;
      // Only what PostgreSQL takes as it is written: the text must do for a column of text, too.
      return { type: toInstant(value) === value ? 'timestamptz' : 'text', text: copyText(value) };
    case 'boolean':
      return { type: 'boolean', text: String(value) };
    case 'number':
    case 'bigint':
      return numberOf(value);
    case 'object':
      return isRawJson(value) ? numberOf(value) : objectOf(value);
    case 'undefined':
    case 'function':
    case 'symbol':
      return undefined;
  }
}

function numberOf(value: unknown): AddedValue | undefined {
  if (isAbsent(value)) return undefined;
  const whole = toBigint(value);
  if (whole !== undefined) return { type: 'bigint', text: whole };
  const decimal = toNumeric(value);
  return decimal === undefined ? undefined : { type: 'numeric', text: decimal };
}

function objectOf(value: object | null): AddedValue | undefined {
  const json = value === null ? undefined : JSON.stringify(value);
  return json === undefined ? undefined : { type: 'jsonb', text: copyText(storableJson(json)) };
}
