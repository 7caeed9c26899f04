import { hash } from 'node:crypto';
import type { Definition } from '../definition/definition.ts';
import { canonicalJson, omittedPlaces } from './canonical-json.ts';
import { converterOf } from './columns/convert.ts';
import { copyText, NULL_TEXT } from './columns/copy-text.ts';
import { storableJson } from './columns/json.ts';
import { type LineOf, refuse } from './line-of.ts';
import { compilePath } from './record-path.ts';

type RawTarget = Extract<Definition['target'], { kind: 'raw' }>;

const toDate = converterOf('date', 'iso');

/** How a record becomes a line for a raw table: the hash of what it says, its reference date, itself. */
export function rawLine(target: RawTarget): LineOf {
  const omitted = omittedPlaces(target.volatile);
  const readDate =
    target.referenceDate === undefined ? undefined : compilePath(target.referenceDate);
  return (record) => {
    if (record === undefined) return refuse('the record is nothing');
    const date = readDate ? toDate(readDate(record)) : NULL_TEXT;
    if (date === undefined) return refuse('reference_date: not a value of type date');
    const contentHash = hash('sha256', canonicalJson(record, omitted));
    return `${contentHash}\t${date}\t${copyText(storableJson(JSON.stringify(record)))}\n`;
  };
}
