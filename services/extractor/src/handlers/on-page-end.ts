import { createHash } from 'node:crypto';
import { encodeBody, publishBatch, type Bus, type Message } from '@tidemark/bus';
import { cutBytes } from '@tidemark/collector-sdk';
import type { Secrets } from '@tidemark/collector-sdk/source';
import {
  headerNames,
  MAX_REJECT_BYTES,
  MESSAGE_VERSION,
  parseWorkSubject,
  Revision,
  UNKNOWN_REVISION,
  type BatchHeaders,
  type Failure,
} from '@tidemark/contracts';
import { TransientError, type TerminalError } from '@tidemark/runtime';
import { pageFailed } from '../events.ts';
import { PageFailedError } from '../page-failed-error.ts';
import { findTask } from './read-task.ts';

/** What the ending of a page needs. */
export interface PageEndDeps {
  readonly bus: Bus;
  readonly secrets: Secrets;
}

/** An ending that cannot be published in this time is tried again by its lane. */
const PUBLISH_WITHIN_MS = 10_000;

/**
 * Sends a page that failed for good on its way to the loader, which writes the dead letter and fails the chunk. A message
 * that is no task travels with what its subject and headers tell.
 */
export async function onPageEnd(
  message: Message,
  error: TerminalError,
  deps: PageEndDeps,
): Promise<void> {
  const place = placeOf(message);
  const failure = failureOf(message, error, deps.secrets);
  const text = Buffer.from(JSON.stringify(failure));
  const { contentEncoding, body } = encodeBody(text);
  const headers: BatchHeaders = {
    version: MESSAGE_VERSION,
    ...place.identity,
    digest: createHash('sha256').update(text).digest('hex').slice(0, 16),
    part: 0,
    parts: 1,
    outcome: 'failed',
    askedAt: evidenceOf(error)?.askedAtUs ?? message.publishedAtUs,
    records: 0,
    rejected: 0,
    contentType: 'application/json',
    contentEncoding,
  };
  const signal = AbortSignal.timeout(PUBLISH_WITHIN_MS);
  await publishBatch(deps.bus, 'raw', place.route, headers, body, signal).catch(
    (cause: unknown) => {
      if (!signal.aborted) throw cause;
      const reason = `the ending of ${message.subject} could not be published in time`;
      throw new TransientError('BUS_UNAVAILABLE', reason, { cause });
    },
  );
  pageFailed(place.route.collector, { ...place.identity, code: error.code });
}

/** Stands for the run that an unreadable message does not tell. */
const NO_RUN = '00000000-0000-0000-0000-000000000000';

type Identity = Pick<BatchHeaders, 'runId' | 'chunkId' | 'attempt' | 'seq' | 'revision'>;

function placeOf(message: Message) {
  const task = findTask(message);
  if (task) {
    const { runId, chunkId, attempt, revision } = task;
    const identity: Identity = { runId, chunkId, attempt, seq: task.page.seq, revision };
    return { route: task, identity };
  }
  const subject = parseWorkSubject(message.subject);
  const runId = subject?.runId ?? '';
  const identity: Identity = {
    runId: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(runId) ? runId : NO_RUN,
    chunkId: numberIn(message, headerNames.chunk) ?? 0,
    attempt: Math.max(1, numberIn(message, headerNames.attempt) ?? 1),
    seq: numberIn(message, headerNames.seq) ?? 0,
    revision: Revision.safeParse(message.get(headerNames.definition)).data ?? UNKNOWN_REVISION,
  };
  const { collector = 'unknown', runClass = 'live' as const } = subject ?? {};
  return { route: { collector, runClass }, identity };
}

function failureOf(message: Message, error: TerminalError, secrets: Secrets): Failure {
  const evidence = evidenceOf(error);
  const payload = evidence?.payload ?? new TextDecoder().decode(message.data);
  return {
    kind: error.code === 'MESSAGE_INVALID' || error.code === 'MESSAGE_POISON' ? 'message' : 'page',
    code: error.code,
    reason: secrets.redact(error.message),
    // PostgreSQL's text cannot hold a NUL character.
    payload: cutBytes(secrets.redact(payload).replaceAll('\0', ''), MAX_REJECT_BYTES),
  };
}

function evidenceOf(error: TerminalError): PageFailedError['evidence'] | undefined {
  return error instanceof PageFailedError ? error.evidence : undefined;
}

function numberIn(message: Message, header: string): number | undefined {
  const text = message.get(header);
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}
