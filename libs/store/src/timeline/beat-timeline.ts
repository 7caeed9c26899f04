import type { Queryable } from '../connect.ts';

/** A moment in the life of a database: the count that it has reached, and when. */
export interface Beat {
  readonly databaseId: string;
  /** Digits. */
  readonly beat: string;
  readonly beatenAt: string;
}

/** That a database is not what it was when NATS heard of it the last time. */
export interface Restore {
  readonly kind: 'rewound' | 'replaced';
  readonly restoredTo: string;
  readonly seenUntil: string;
}

interface Row extends Beat {
  readonly noticed: Restore['kind'] | null;
  readonly restoredTo: string;
  readonly seenUntil: string;
}

const instant = (column: string): string =>
  `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Counts on, and tells when the count is behind the one that was heard of before. Needs a transaction of its own. */
export async function beatTimeline(
  db: Queryable,
  heard: Beat | undefined,
): Promise<{ readonly beat: Beat; readonly restore: Restore | undefined }> {
  const { rows } = await db.query<Row>({
    name: 'beat-timeline',
    text: `
      select database_id as "databaseId", beat::text as beat, ${instant('beaten_at')} as "beatenAt", noticed,
             ${instant('restored_to')} as "restoredTo", ${instant('seen_until')} as "seenUntil"
        from tidemark.beat($1, $2, $3)`,
    values: [heard?.databaseId ?? null, heard?.beat ?? null, heard?.beatenAt ?? null],
  });
  const [row] = rows;
  if (!row) throw new Error('tidemark.beat answers one row');
  const { noticed, restoredTo, seenUntil, ...beat } = row;
  return { beat, restore: noticed === null ? undefined : { kind: noticed, restoredTo, seenUntil } };
}
