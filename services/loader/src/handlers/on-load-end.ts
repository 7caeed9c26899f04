import { hash } from 'node:crypto';
import { decodeBody, type Message } from '@tidemark/bus';
import { cutBytes } from '@tidemark/collector-sdk';
import {
  type Failure,
  headerNames,
  MAX_REJECT_BYTES,
  parseWorkSubject,
  readBatchHeaders,
} from '@tidemark/contracts';
import type { TerminalError } from '@tidemark/runtime';
import { insertLostMessage } from '@tidemark/store';
import { currentTraceId } from '@tidemark/telemetry';
import type { LoaderDeps } from '../deps.ts';
import { messageKept } from '../events.ts';
import { MAX_BODY_BYTES } from '../read-load-batch.ts';
import { loadFailure } from './on-load-batch.ts';

/** Keeps a message that fails for good; its chunk fails with it when it can be told which it is. */
export async function onLoadEnd(
  msg: Message,
  error: TerminalError,
  deps: LoaderDeps,
): Promise<void> {
  const route = parseWorkSubject(msg.subject);
  const headers = readBatchHeaders((name) => msg.get(name));
  const failure: Failure = {
    kind: 'message',
    code: error.code,
    reason: error.message,
    payload: cutBytes(textOf(msg), MAX_REJECT_BYTES),
  };
  if (route && headers.success && headers.data.runId === route.runId) {
    await loadFailure(deps, { route, batch: { ...headers.data, outcome: 'failed' } }, failure);
    return;
  }
  const collector = route?.collector ?? 'unknown';
  await deps.store.with(async (db) =>
    insertLostMessage(db, {
      collector,
      runId: null,
      digest: hash('sha256', msg.data).slice(0, 16),
      traceId: currentTraceId(),
      code: failure.code,
      reason: failure.reason,
      payload: failure.payload,
    }),
  );
  messageKept(collector, failure.code);
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
