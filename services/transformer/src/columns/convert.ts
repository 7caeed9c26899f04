import type { Field } from '@tidemark/collector-sdk';
import type { z } from 'zod';
import { dateConverter, timestampConverter } from './instants.ts';
import { toJson } from './json.ts';
import { toBigint, toBoolean, toNumeric } from './numbers.ts';
import { toText, toTextArray, toUuid } from './texts.ts';

/** The field of COPY text for a value; undefined when the value is not of the column's type. */
export type Convert = (value: unknown) => string | undefined;

export type FieldType = z.output<typeof Field>['type'];
export type InstantFormat = z.output<typeof Field>['format'];

/** The conversion into a column, chosen once for all records. */
export function converterOf(type: FieldType, format: InstantFormat): Convert {
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
      return dateConverter(format);
    case 'timestamptz':
      return timestampConverter(format);
    case 'jsonb':
      return toJson;
    case 'text[]':
      return toTextArray;
    case 'uuid':
      return toUuid;
  }
}
