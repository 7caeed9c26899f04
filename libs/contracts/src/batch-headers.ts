import { MESSAGE_VERSION, headerNames as h } from './headers.ts';
import { BatchHeaders } from './messages/batch.ts';

/** Header names and values of a batch, in the order in which people like to read them. */
export function writeBatchHeaders(batch: BatchHeaders): [string, string][] {
  const pairs: [string, string][] = [
    [h.version, String(batch.version)],
    [h.run, batch.runId],
    [h.chunk, String(batch.chunkId)],
    [h.attempt, String(batch.attempt)],
    [h.seq, String(batch.seq)],
    [h.digest, batch.digest],
    [h.part, `${batch.part}/${batch.parts}`],
    [h.outcome, batch.outcome],
    [h.askedAt, batch.askedAt],
    [h.definition, batch.revision],
    [h.records, String(batch.records)],
    [h.rejected, String(batch.rejected)],
    [h.contentType, batch.contentType],
    [h.contentEncoding, batch.contentEncoding],
  ];
  if (batch.sections) pairs.push([h.sections, batch.sections.join(',')]);
  return pairs;
}

/** What a message's version says: read it, hold it until this service is upgraded, or give it up. */
export function versionVerdict(text: string | undefined): 'read' | 'hold' | 'invalid' {
  if (text === undefined || !/^\d{1,6}$/.test(text)) return 'invalid';
  const version = Number(text);
  if (version > MESSAGE_VERSION) return 'hold';
  return version >= Math.max(1, MESSAGE_VERSION - 1) ? 'read' : 'invalid';
}

/** The batch that headers describe; `get` gives a header's value or an empty text. */
export function readBatchHeaders(get: (name: string) => string | undefined) {
  const [part, parts] = (get(h.part) ?? '').split('/');
  const sections = get(h.sections);
  return BatchHeaders.safeParse({
    version: number(get(h.version)),
    runId: get(h.run),
    chunkId: number(get(h.chunk)),
    attempt: number(get(h.attempt)),
    seq: number(get(h.seq)),
    digest: get(h.digest),
    part: number(part),
    parts: number(parts),
    outcome: get(h.outcome),
    askedAt: get(h.askedAt),
    revision: get(h.definition),
    records: number(get(h.records)),
    rejected: number(get(h.rejected)),
    contentType: get(h.contentType),
    contentEncoding: get(h.contentEncoding),
    ...(sections ? { sections: sections.split(',').map((text) => number(text)) } : {}),
  });
}

function number(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
