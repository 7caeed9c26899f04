import { type BatchRoute, decodeBody, type Message } from '@tidemark/bus';
import { parseExact } from '@tidemark/collector-sdk';
import { type BatchHeaders, parseWorkSubject, readBatchHeaders, Reject } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { z } from 'zod';

export interface RawBatch {
  readonly route: BatchRoute;
  readonly headers: BatchHeaders;
}

export interface RawContent {
  /** JSON array of the records. */
  readonly records: Buffer;
  /** What the extractor could not send on. */
  readonly rejects: readonly Reject[];
}

/** A part has at most 1 MiB of text; anything much larger was not made by an extractor. */
export const MAX_BODY_BYTES = 8 * 1024 * 1024;

const Rejects = z.array(Reject);

/** Which part of which page a message is. */
export function readRawBatch(msg: Message): RawBatch {
  const route = parseWorkSubject(msg.subject);
  const headers = readBatchHeaders((name) => msg.get(name));
  if (!headers.success) {
    const [issue] = headers.error.issues;
    throw invalid(`its header for ${issue?.path.join('.') ?? 'something'} is missing or malformed`);
  }
  if (!route || route.runId !== headers.data.runId)
    throw invalid('its subject and its headers disagree');
  const { collector, runClass } = route;
  return { route: { collector, runClass }, headers: headers.data };
}

/** The text of a part's records and the rejects it already has. */
export function readRawContent(headers: BatchHeaders, bytes: Uint8Array): RawContent {
  const { contentEncoding, sections } = headers;
  const bodyBytes = sections?.reduce((sum, each) => sum + each, 0);
  const body = decodeBody(contentEncoding, bytes, MAX_BODY_BYTES, bodyBytes);
  const [recordBytes = body.length, rejectBytes = 0] = sections ?? [];
  if (recordBytes + rejectBytes !== body.length)
    throw invalid('its sections are not as long as its body');
  const rejects = Rejects.safeParse(
    rejectBytes === 0 ? [] : readJson(body.toString('utf8', recordBytes)),
  );
  if (!rejects.success) throw invalid('its rejects are malformed');
  return { records: body.subarray(0, recordBytes), rejects: rejects.data };
}

/** The records of a part, each parsed. */
export function parseRecords(headers: BatchHeaders, text: Buffer): readonly unknown[] {
  const records = readJson(text.toString('utf8'));
  if (!Array.isArray(records) || records.length !== headers.records) {
    throw invalid(`its body is not an array of ${headers.records} records`);
  }
  return records;
}

function readJson(text: string): unknown {
  try {
    return parseExact(text);
  } catch (cause) {
    throw invalid('its body is not JSON', cause);
  }
}

function invalid(what: string, cause?: unknown): TerminalError {
  return new TerminalError('MESSAGE_INVALID', `a raw batch cannot be read: ${what}`, { cause });
}
