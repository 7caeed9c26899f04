import type { BatchHeaders, LetterKind } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

/** Something that cannot be processed, with its reason. */
export interface DeadLetter {
  readonly kind: LetterKind;
  /** Place of a record or row in its part; null for pages and messages. */
  readonly position: number | null;
  readonly code: string;
  readonly reason: string;
  readonly payload: string;
}

export interface DeadLetterOrigin {
  readonly collector: string;
  readonly batch: Pick<BatchHeaders, 'runId' | 'chunkId' | 'seq' | 'digest' | 'part'>;
  readonly traceId: string | undefined;
}

/** Keeps what a batch could not load, all of it in one statement. */
export async function insertDeadLetters(
  db: Queryable,
  origin: DeadLetterOrigin,
  letters: readonly DeadLetter[],
): Promise<void> {
  if (letters.length === 0) return;
  const { batch } = origin;
  await db.query({
    name: 'insert-dead-letters',
    text: `
      insert into tidemark.dead_letters
             (collector_name, run_id, chunk_id, seq, digest, part, trace_id,
              kind, position, code, reason, payload)
      select $1, $2, $3, $4, $5, $6, $7, l.kind, l.position, l.code, l.reason, l.payload
        from unnest($8::text[], $9::integer[], $10::text[], $11::text[], $12::text[])
             as l (kind, position, code, reason, payload)`,
    values: [
      origin.collector,
      batch.runId,
      batch.chunkId,
      batch.seq,
      batch.digest,
      batch.part,
      origin.traceId ?? null,
      letters.map(({ kind }) => kind),
      letters.map(({ position }) => position),
      letters.map(({ code }) => code),
      letters.map(({ reason }) => storable(reason)),
      letters.map(({ payload }) => storable(payload)),
    ],
  });
}

/** PostgreSQL's text has no U+0000. */
export function storable(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '') : text;
}
