import { type MappedRecords, type MappedTexts } from '@tidemark/collector-sdk';
import { type Bus, encodeBody, type Message, publishBatch } from '@tidemark/bus';
import {
  type BatchHeaders,
  CHILDREN_VERSION,
  COLUMNS_VERSION,
  positionsLeft,
  type Reject,
} from '@tidemark/contracts';
import { batchMapped } from '../events.ts';
import type { Mapping, Mappings } from '../mappings.ts';
import { parseRecords, type RawContent, readRawBatch, readRawContent } from '../raw-batch.ts';

export interface RawBatchDeps {
  readonly bus: Bus;
  readonly mappings: Mappings;
}

/** What the text of a load batch is. */
const COPY_TEXT = 'text/vnd.postgresql.copy';

/**
 * Maps one part of a page into one part for the loader, also when nothing is left in it: a chunk is complete when each
 * of its parts was loaded. An ending passes as it is.
 */
export async function onRawBatch(
  msg: Message,
  deps: RawBatchDeps,
  signal: AbortSignal,
): Promise<void> {
  const { route, headers } = readRawBatch(msg);
  if (headers.outcome === 'failed') {
    await publishBatch(deps.bus, 'load', route, headers, msg.data, signal);
    return;
  }
  const content = readRawContent(headers, msg.data);
  const mapping = await deps.mappings.get(route.collector, headers.revision);
  const mapped = await mapContent(mapping, headers, content);
  const load = loadBatchOf(headers, mapped, rejectsOf(content, mapped));
  await publishBatch(deps.bus, 'load', route, load.headers, load.body, signal);
  batchMapped(route.collector, load.headers);
}

async function mapContent(
  { mapTexts, mapRecords }: Mapping,
  headers: BatchHeaders,
  { records }: RawContent,
): Promise<Mapped> {
  const mapped = await mapTexts?.(records, headers.window);
  if (mapped && mapped.records + mapped.rejects.length === headers.records) return mapped;
  return mapRecords(parseRecords(headers, records), headers.window);
}

type Mapped = MappedRecords | MappedTexts;

/** Positions are those of the part as it was cut: what the extractor rejected has its place there too. */
function rejectsOf(content: RawContent, mapped: Mapped): readonly Reject[] {
  const placeOf = positionsLeft(content.rejects.map(({ position }) => position));
  return [
    ...content.rejects,
    ...mapped.rejects.map((reject) => ({
      ...reject,
      position: reject.position === null ? null : placeOf(reject.position),
    })),
  ];
}

function loadBatchOf(
  raw: BatchHeaders,
  mapped: Mapped,
  rejects: readonly Reject[],
): { readonly headers: BatchHeaders; readonly body: Buffer } {
  const text = typeof mapped.copyText === 'string' ? Buffer.from(mapped.copyText) : mapped.copyText;
  const children = childrenOf(mapped);
  const rejected = Buffer.from(rejects.length === 0 ? '' : JSON.stringify(rejects));
  const sections = [text, ...children, rejected];
  const { contentEncoding, body } = encodeBody(
    sections.slice(1).every(({ length }) => length === 0) ? text : Buffer.concat(sections),
  );
  const headers: BatchHeaders = {
    ...raw,
    records: mapped.records,
    rejected: rejects.length,
    contentType: COPY_TEXT,
    contentEncoding,
    sections: sections.map(({ length }) => length),
    ...(mapped.outOfRange > 0 && { outOfRange: mapped.outOfRange }),
    ...contractHeaders(mapped),
    ...(children.length > 0 && { version: CHILDREN_VERSION }),
  };
  return { headers, body };
}

/** The COPY text of each child: texts go the way without any. */
function childrenOf(mapped: Mapped): Buffer[] {
  const texts = 'children' in mapped ? mapped.children : undefined;
  return (texts ?? []).map((text) => Buffer.from(text));
}

/** What a schema contract adds, if anything: texts go the way without one. */
function contractHeaders(mapped: Mapped): Partial<BatchHeaders> {
  if (!('contract' in mapped) || !mapped.contract) return {};
  const { columns, discarded } = mapped.contract;
  return {
    ...(columns.length > 0 && { version: COLUMNS_VERSION, columns: [...columns] }),
    ...(Object.keys(discarded).length > 0 && { discarded }),
  };
}
