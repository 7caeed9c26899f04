/** Names of the message headers. NATS header names are case-sensitive; `traceparent` stays lower case for W3C. */
export const headerNames = {
  version: 'Tidemark-Version',
  run: 'Tidemark-Run',
  chunk: 'Tidemark-Chunk',
  attempt: 'Tidemark-Attempt',
  seq: 'Tidemark-Seq',
  digest: 'Tidemark-Digest',
  part: 'Tidemark-Part',
  outcome: 'Tidemark-Outcome',
  askedAt: 'Tidemark-Asked-At',
  definition: 'Tidemark-Definition',
  records: 'Tidemark-Records',
  rejected: 'Tidemark-Rejected',
  sections: 'Tidemark-Sections',
  window: 'Tidemark-Window',
  outOfRange: 'Tidemark-Out-Of-Range',
  columns: 'Tidemark-Columns',
  discarded: 'Tidemark-Discarded',
  command: 'Tidemark-Command',
  copy: 'Tidemark-Copy',
  contentType: 'Content-Type',
  contentEncoding: 'Content-Encoding',
  traceparent: 'traceparent',
} as const;

/** The revision of a failure whose sender knows the run only: it belongs to no chunk that could be told. */
export const UNKNOWN_REVISION = '0'.repeat(16);

/** The version that this release writes. A reader takes it and the one before, and holds a newer one. */
export const MESSAGE_VERSION = 1;

/** The version of a load batch that has columns beyond the declared ones: a loader that does not know of them holds it. */
export const COLUMNS_VERSION = 2;

/** The version of a load batch that has sections for children of the records, likewise. */
export const CHILDREN_VERSION = 3;
