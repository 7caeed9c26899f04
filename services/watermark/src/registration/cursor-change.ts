import type { Definition } from '@tidemark/collector-sdk';

type Incremental = Definition['incremental'];
type Cursor = Extract<Incremental, { kind: 'cursor' }>;

/** What is known of a collector's cursor so far. */
export interface KnownCursor {
  /** What its watermarks count in; null while they cover nothing, and nobody is about to. */
  readonly unit: 'time' | 'integer' | null;
  /** How it asked by a cursor last time; undefined when that is not known. */
  readonly incremental: Incremental | undefined;
}

/**
 * Why a collector may not ask by another cursor: what is covered was told in terms of the old one, so its intervals would
 * stand for rows that were never read. Undefined when nothing is covered, or the cursor means the same.
 */
export function cursorChange(known: KnownCursor, incremental: Incremental): string | undefined {
  if (incremental.kind !== 'cursor' || known.unit === null) return undefined;
  const change = differenceOf(known.unit, known.incremental, incremental);
  if (change === undefined) return undefined;
  return (
    `its watermark was made with another cursor: ${change}. Take that back, give the collector another name, or have ` +
    'the watermark forgotten by `tidemark reset <name> --all` and start the watermark service again'
  );
}

function differenceOf(
  unit: 'time' | 'integer',
  before: Incremental | undefined,
  after: Cursor,
): string | undefined {
  if (unit !== after.unit) return `incremental.unit was ${unit}, now it is ${after.unit}`;
  if (before?.kind !== 'cursor') return undefined;
  if (before.field !== after.field) {
    return `incremental.field was ${before.field}, now it is ${after.field}`;
  }
  const depends = dependsOnZone(before) || dependsOnZone(after);
  if (!depends || before.zone === after.zone) return undefined;
  return `days and local times were those of ${before.zone}, now they are those of ${after.zone}`;
}

/** Instants with a zone, epochs and integers mean the same everywhere. */
function dependsOnZone({ format }: Cursor): boolean {
  return !format.startsWith('epoch-') && format !== 'iso' && format !== 'integer';
}
