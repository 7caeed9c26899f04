import { decodeBody, type Message } from '@tidemark/bus';
import {
  type BatchHeaders,
  Failure,
  parseWorkSubject,
  readBatchHeaders,
  Reject,
  type WorkSubject,
} from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { z } from 'zod';

/** A part has at most 1 MiB of text before it is mapped; anything much larger was not made by a transformer. */
export const MAX_BODY_BYTES = 16 * 1024 * 1024;

const Rejects = z.array(Reject);

/** Which part of which page a message is. */
export function readLoadHeaders(msg: Message): {
  readonly route: WorkSubject;
  readonly batch: BatchHeaders;
} {
  const route = parseWorkSubject(msg.subject);
  const headers = readBatchHeaders((name) => msg.get(name));
  if (!headers.success) {
    const [issue] = headers.error.issues;
    throw invalid(`its header for ${issue?.path.join('.') ?? 'something'} is missing or malformed`);
  }
  if (!route || route.runId !== headers.data.runId)
    throw invalid('its subject and its headers disagree');
  return { route, batch: headers.data };
}

export interface LoadContent {
  /** COPY text of the records. */
  readonly text: Buffer;
  /** COPY text of each child of the target. */
  readonly children: readonly Buffer[];
  readonly rejects: readonly Reject[];
}

/** The sections of a part: COPY text of its records and of so many children of them, and its rejects. */
export function readLoadContent(
  batch: BatchHeaders,
  bytes: Uint8Array,
  children: number,
): LoadContent {
  const lengths = batch.sections ?? [-1];
  const bodyBytes = lengths.reduce((sum, each) => sum + each, 0);
  const body = decodeBody(batch.contentEncoding, bytes, MAX_BODY_BYTES, bodyBytes);
  if (bodyBytes !== body.length) throw invalid('its sections are not as long as its body');
  const [text, ...others] = cutSections(body, lengths);
  const rejected = others.pop();
  if (!text || !rejected || others.length !== children) {
    throw invalid(`it has ${lengths.length} sections, and its target takes ${children + 2}`);
  }
  const rejects = Rejects.safeParse(
    rejected.length === 0 ? [] : readJson(rejected.toString('utf8')),
  );
  if (!rejects.success) throw invalid('its rejects are malformed');
  return { text, children: others, rejects: rejects.data };
}

function cutSections(body: Buffer, lengths: readonly number[]): Buffer[] {
  let from = 0;
  return lengths.map((length) => {
    from += length;
    return body.subarray(from - length, from);
  });
}

/** What a batch with outcome `failed` tells. */
export function readFailure(batch: BatchHeaders, bytes: Uint8Array): Failure {
  const body = decodeBody(batch.contentEncoding, bytes, MAX_BODY_BYTES);
  const failure = Failure.safeParse(readJson(body.toString('utf8')));
  if (!failure.success) throw invalid('its failure is malformed');
  return failure.data;
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid('its body is not JSON', cause);
  }
}

function invalid(what: string, cause?: unknown): TerminalError {
  return new TerminalError('MESSAGE_INVALID', `a load batch cannot be read: ${what}`, { cause });
}
