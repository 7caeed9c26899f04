import { isDayFormat, type DayFormat } from '../../cursor-format.ts';
import type { Field } from '../../definition/target.ts';
import { TerminalError } from '@tidemark/runtime';
import type { z } from 'zod';
import { dayConverter } from './days.ts';
import { dateConverter, timestampConverter } from './instants.ts';
import { toJson } from './json.ts';
import { toBigint, toBoolean, toNumeric } from './numbers.ts';
import { arrayConverter } from './arrays.ts';
import { toText, toTextArray, toUuid } from './texts.ts';

/** The field of COPY text for a value; undefined when the value is not of the column's type. */
export type Convert = (value: unknown) => string | undefined;

export type FieldType = z.output<typeof Field>['type'];
export type FieldFormat = z.output<typeof Field>['format'];
export type InstantFormat = Exclude<FieldFormat, DayFormat>;

const elementTypes = {
  'bigint[]': 'bigint',
  'numeric[]': 'numeric',
  'boolean[]': 'boolean',
  'date[]': 'date',
  'timestamptz[]': 'timestamptz',
  'uuid[]': 'uuid',
} as const;

function isArrayType(type: FieldType): type is keyof typeof elementTypes {
  return Object.hasOwn(elementTypes, type);
}

/** The conversion into a column, chosen once for all records. */
export function converterOf(type: FieldType, format: FieldFormat): Convert {
  if (isArrayType(type)) return arrayConverter(converterOf(elementTypes[type], format));
  switch (type) {
    case 'text':
      return toText;
    case 'bigint':
      return toBigint;
    case 'numeric':
      return toNumeric;
    case 'boolean':
      return toBoolean;
    case 'date':
      return isDayFormat(format) ? dayConverter(format) : dateConverter(format);
    case 'timestamptz':
      return timestampConverter(instantFormat(format));
    case 'jsonb':
      return toJson;
    case 'text[]':
      return toTextArray;
    case 'uuid':
      return toUuid;
  }
}

function instantFormat(format: FieldFormat): InstantFormat {
  if (!isDayFormat(format)) return format;
  throw new TerminalError(
    'DEFINITION_INVALID',
    `the format ${format} says days, which are no instants; make the field a date`,
  );
}
