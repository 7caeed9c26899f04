import type { Queryable } from '../connect.ts';
import { storable } from './insert-dead-letters.ts';

/** A message that cannot be told to belong to a chunk. */
export interface LostMessage {
  readonly collector: string;
  readonly runId: string | null;
  /** Names the message's content, so that a second delivery leaves one dead letter. */
  readonly digest: string;
  readonly code: string;
  readonly reason: string;
  readonly payload: string;
  readonly traceId: string | undefined;
}

/** Keeps a message that belongs to no chunk; the same content of the same run is kept once. */
export async function insertLostMessage(db: Queryable, message: LostMessage): Promise<void> {
  await db.query({
    name: 'insert-lost-message',
    text: `
      insert into tidemark.dead_letters
             (collector_name, run_id, digest, kind, code, reason, payload, trace_id)
      select $1::text, $2::uuid, $3::text, 'message', $4, $5, $6, $7
       where not exists (
             select
               from tidemark.dead_letters as d
              where d.run_id is not distinct from $2::uuid
                and d.collector_name = $1::text
                and d.digest = $3::text
                and d.kind = 'message')`,
    values: [
      message.collector,
      message.runId,
      message.digest,
      message.code,
      storable(message.reason),
      storable(message.payload),
      message.traceId ?? null,
    ],
  });
}
