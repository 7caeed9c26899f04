import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { SpanKind, withSpan } from '@tidemark/telemetry';
import type pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';

/** Copies text in COPY's format into a table; rejects with PostgreSQL's own error. */
export async function copyIn(db: pg.ClientBase, sql: string, text: Buffer): Promise<void> {
  // A copy is no query to the driver's instrumentation, which therefore leaves it out of the trace.
  const attributes = {
    'db.system.name': 'postgresql',
    'db.operation.name': 'COPY',
    'db.query.text': sql,
    'tidemark.copy.bytes': text.length,
  };
  await withSpan('pg.copy', { kind: SpanKind.CLIENT, attributes }, async () =>
    pipeline(Readable.from([text], { objectMode: false }), db.query(copyFrom(sql))),
  );
}
