import { encodeBody, publishBatch, publishTask, type Bus } from '@tidemark/bus';
import type { Part } from '@tidemark/collector-sdk';
import type { TextPart } from '@tidemark/collector-sdk/source';
import {
  type AskedRange,
  MESSAGE_VERSION,
  type PagePlace,
  type PageTask,
} from '@tidemark/contracts';
import type { PageResult } from './interpret-page.ts';

/** What is published of a page, and where it comes from. */
export interface PageToPublish {
  readonly task: PageTask;
  readonly result: PageResult;
  readonly askedAtUs: string;
  /** What of the cursor was asked for; undefined where nothing is asked by a window. */
  readonly window: AskedRange | undefined;
}

/** Publishes the parts of a page, each confirmed before the next, so that a lane holds one encoded part at a time. */
export async function publishParts(
  bus: Bus,
  page: PageToPublish,
  signal: AbortSignal,
): Promise<void> {
  const { task, result, askedAtUs, window } = page;
  for (const [index, part] of result.parts.entries()) {
    const { text, sections } = bodyOf(part);
    const { contentEncoding, body } = encodeBody(text);
    const headers = {
      version: MESSAGE_VERSION,
      runId: task.runId,
      chunkId: task.chunkId,
      attempt: task.attempt,
      seq: task.page.seq,
      digest: result.digest,
      part: index,
      parts: result.parts.length,
      outcome: result.outcome,
      askedAt: askedAtUs,
      revision: task.revision,
      records: part.recordCount,
      rejected: part.rejectCount,
      contentType: 'application/json',
      contentEncoding,
      sections,
      ...(window && { window }),
    };
    await publishBatch(bus, 'raw', task, headers, body, signal);
  }
}

/** Publishes the tasks of the places that follow a page. */
export async function publishNext(
  bus: Bus,
  task: PageTask,
  next: readonly PagePlace[],
  signal: AbortSignal,
): Promise<void> {
  for (const page of next) await publishTask(bus, { ...task, page }, signal);
}

function bodyOf(part: Part | TextPart): { text: Buffer; sections: [number, number] } {
  const records = bytesOf(part.records);
  const rejects = bytesOf(part.rejects);
  // Without rejects the records' own bytes travel, not a copy of them.
  if (part.rejectCount === 0) return { text: records, sections: [records.length, 0] };
  return { text: Buffer.concat([records, rejects]), sections: [records.length, rejects.length] };
}

function bytesOf(text: string | Uint8Array): Buffer {
  if (typeof text === 'string') return Buffer.from(text);
  return Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}
