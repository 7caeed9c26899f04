import { CHILDREN_VERSION, MESSAGE_VERSION, headerNames as h } from './headers.ts';
import { readAddedColumns, writeAddedColumns } from './messages/added-column.ts';
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
  const { window, outOfRange } = batch;
  if (window) pairs.push([h.window, `${window.from ?? ''}..${window.to ?? ''}`]);
  if (outOfRange !== undefined) pairs.push([h.outOfRange, String(outOfRange)]);
  if (batch.columns) pairs.push([h.columns, writeAddedColumns(batch.columns)]);
  if (batch.discarded) pairs.push([h.discarded, writeCounts(batch.discarded)]);
  return pairs;
}

/** What a message's version says: read it, hold it until this service is upgraded, or give it up. */
export function versionVerdict(text: string | undefined): 'read' | 'hold' | 'invalid' {
  if (text === undefined || !/^\d{1,6}$/.test(text)) return 'invalid';
  const version = Number(text);
  if (version > CHILDREN_VERSION) return 'hold';
  return version >= Math.max(1, MESSAGE_VERSION - 1) ? 'read' : 'invalid';
}

/** The batch that headers describe; `get` gives a header's value or an empty text. */
export function readBatchHeaders(get: (name: string) => string | undefined) {
  const [part, parts] = (get(h.part) ?? '').split('/');
  const sections = get(h.sections);
  const window = get(h.window);
  const outOfRange = get(h.outOfRange);
  const columns = get(h.columns);
  const discarded = get(h.discarded);
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
    ...(window ? { window: readWindow(window) } : {}),
    ...(outOfRange ? { outOfRange: number(outOfRange) } : {}),
    ...(columns ? { columns: readAddedColumns(columns) } : {}),
    ...(discarded ? { discarded: readCounts(discarded) } : {}),
  });
}

/** Ends that are no digits are refused by the schema. */
function readWindow(text: string) {
  const [from = '?', to = '?', ...more] = text.split('..').map((end) => (end === '' ? null : end));
  return more.length > 0 ? {} : { from, to };
}

function writeCounts(counts: Readonly<Record<string, number>>): string {
  return Object.entries(counts)
    .map(([name, count]) => `${name}=${count}`)
    .join(',');
}

/** Names of declared columns hold no such character as separates them here. */
function readCounts(text: string): Record<string, number> {
  return Object.fromEntries(
    text.split(',').map((entry) => {
      const [name = '', count] = entry.split('=');
      return [name, number(count)];
    }),
  );
}

function number(text: string | undefined): number {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
}
