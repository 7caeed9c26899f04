/** Attributes by which the spans of one run, chunk or batch are found. */
export const attributeNames = {
  runId: 'tidemark.run.id',
  runClass: 'tidemark.run.class',
  collector: 'tidemark.collector',
  chunkId: 'tidemark.chunk.id',
  batchSeq: 'tidemark.batch.seq',
  records: 'tidemark.records',
} as const;
