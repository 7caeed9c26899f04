import type { ChunkStatus, LetterKind, LetterStatus, RunClass, RunMode } from '@tidemark/contracts';
import type { Queryable } from '../connect.ts';

/** Which dead letters of a collector are meant: these, or the open ones of a run, or all open ones that hold a record. */
export type LetterChoice =
  | { readonly letters: readonly string[] }
  | { readonly ofRun: string }
  | { readonly all: true };

/** What matters of a dead letter when it is to be brought again. */
export interface LetterToReplay {
  readonly id: string;
  readonly kind: LetterKind;
  readonly status: LetterStatus;
  readonly runId: string | null;
  readonly chunkId: number | null;
  /** Null where the run is not known. */
  readonly mode: RunMode | null;
  readonly runClass: RunClass | null;
  readonly runHasEnded: boolean;
  /** Key of the partition; null once the chunk is not kept any more. */
  readonly partition: string | null;
  readonly chunkStatus: ChunkStatus | null;
  readonly askedAtUs: string;
  readonly bytes: number;
  readonly isJson: boolean;
}

/** At most so many are brought again by one run; another one takes the next. */
const MAX_LETTERS_OF_RUN = 20_000;

/** The dead letters of a collector that a command means, by their numbers, without what they hold: that may be much. */
export async function listLettersToReplay(
  db: Queryable,
  collector: string,
  choice: LetterChoice,
): Promise<LetterToReplay[]> {
  const { rows } = await db.query<LetterToReplay>({
    name: 'list-letters-to-replay',
    text: `
      select l.id::text, l.kind, l.status, l.run_id as "runId", l.chunk_id as "chunkId", l.mode,
             l.class as "runClass", l.has_ended is true as "runHasEnded", l.partition,
             l.chunk_status as "chunkStatus", l.asked_at_us::text as "askedAtUs", l.bytes,
             tidemark.is_json(d.payload) as "isJson"
        from tidemark.letters_to_replay l
        join tidemark.dead_letters d using (id)
       where l.collector_name = $1
         and case when $2::bigint[] is not null then l.id = any ($2::bigint[])
                  when $3::uuid is not null then l.status = 'open' and l.run_id = $3::uuid
                  else l.status = 'open' and l.kind in ('record', 'row') end
       order by l.id
       limit ${MAX_LETTERS_OF_RUN}`,
    values: [
      collector,
      'letters' in choice ? choice.letters : null,
      'ofRun' in choice ? choice.ofRun : null,
    ],
  });
  return rows;
}
