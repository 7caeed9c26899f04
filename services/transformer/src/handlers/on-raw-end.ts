import { hash } from 'node:crypto';
import { type Bus, decodeBody, encodeBody, type Message, publishBatch } from '@tidemark/bus';
import { cutBytes } from '@tidemark/collector-sdk';
import {
  type BatchHeaders,
  type Failure,
  headerNames,
  MAX_REJECT_BYTES,
  MESSAGE_VERSION,
  parseWorkSubject,
  readBatchHeaders,
  UNKNOWN_REVISION,
} from '@tidemark/contracts';
import type { TerminalError } from '@tidemark/runtime';
import { batchFailed } from '../events.ts';
import { MAX_BODY_BYTES } from '../raw-batch.ts';

/**
 * Sends a part that fails for good on to the loader, which writes the dead letter and fails the chunk: every ending is a
 * batch. A message whose headers cannot be read is known by its subject only.
 */
export async function onRawEnd(
  msg: Message,
  error: TerminalError,
  { bus, signal }: { readonly bus: Bus; readonly signal: AbortSignal },
): Promise<void> {
  const route = parseWorkSubject(msg.subject);
  // The stream takes such subjects only, so this is nobody's message.
  if (!route) return;
  const failure: Failure = {
    kind: 'message',
    code: error.code,
    reason: error.message,
    payload: cutBytes(textOf(msg), MAX_REJECT_BYTES),
  };
  const { contentEncoding, body } = encodeBody(Buffer.from(JSON.stringify(failure)));
  const headers: BatchHeaders = {
    ...identityOf(msg, route.runId),
    outcome: 'failed',
    records: 0,
    rejected: 0,
    contentType: 'application/json',
    contentEncoding,
  };
  const { collector, runClass } = route;
  await publishBatch(bus, 'load', { collector, runClass }, headers, body, signal);
  batchFailed(error);
}

function identityOf(msg: Message, runId: string): BatchHeaders {
  const read = readBatchHeaders((name) => msg.get(name));
  if (read.success && read.data.runId === runId) {
    const { sections: _sections, ...identity } = read.data;
    return identity;
  }
  return {
    version: MESSAGE_VERSION,
    runId,
    chunkId: 0,
    attempt: 1,
    seq: 0,
    digest: hash('sha256', msg.data).slice(0, 16),
    part: 0,
    parts: 1,
    outcome: 'failed',
    askedAt: msg.publishedAtUs,
    revision: UNKNOWN_REVISION,
    records: 0,
    rejected: 0,
    contentType: 'application/json',
    contentEncoding: 'identity',
  };
}

function textOf(msg: Message): string {
  try {
    return decodeBody(msg.get(headerNames.contentEncoding), msg.data, MAX_BODY_BYTES).toString(
      'utf8',
    );
  } catch {
    // Bytes that cannot be decoded are kept as they came.
    return Buffer.from(msg.data).toString('base64');
  }
}
