import type { PagePlace } from '@tidemark/contracts';
import { z } from 'zod';

/** Where the page of a query begins. */
export interface RowPlace {
  /** The columns of the order in the last row of the page before, in PostgreSQL's own digits; undefined for the first. */
  readonly after: readonly string[] | undefined;
  /** The newest cursor of the chunk, fixed by page 0: rows that change meanwhile move behind it, to the next run. */
  readonly until: string | undefined;
  /** `nulls`: the rows without a cursor, after all others. */
  readonly part: 'rows' | 'nulls';
  /** Whether the rows without a cursor are still to come, as page 0 found. */
  readonly nullsFollow: boolean;
}

const After = z.string().transform((text) => z.array(z.string()).parse(JSON.parse(text)));

/** Reads the place of a page from its task. */
export function readRowPlace({ after, until, part, follow }: PagePlace['place']): RowPlace {
  return {
    after: after === undefined ? undefined : After.parse(after),
    until: until === undefined ? undefined : String(until),
    part: part === 'nulls' ? 'nulls' : 'rows',
    nullsFollow: follow === 'nulls',
  };
}

/** The place of a page as tasks carry it. */
export function writeRowPlace(place: RowPlace): PagePlace['place'] {
  const { after, until, part, nullsFollow } = place;
  return {
    ...(after && { after: JSON.stringify(after) }),
    ...(until !== undefined && { until }),
    ...(part === 'nulls' && { part }),
    ...(nullsFollow && { follow: 'nulls' }),
  };
}
