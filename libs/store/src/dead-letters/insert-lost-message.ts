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
      values ($1, $2, $3, 'message', $4, $5, $6, $7)
      on conflict (collector_name, digest, run_id) where kind = 'message' and chunk_id is null do nothing`,
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
