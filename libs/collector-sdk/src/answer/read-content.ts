import type { Partition } from '@tidemark/contracts';
import type { HttpDefinition } from '../definition/definition.ts';
import { judgeAnswer, type Refusal } from '../http/judge-answer.ts';
import type { HttpAnswer } from '../http/send-request.ts';
import { saysTooMany, splitOf } from '../paginate/split-window.ts';
import { cutAnswer, type CutAnswer } from './cut-answer.ts';
import { readPage, type PageContent } from './read-page.ts';

/** An answer in which there is nothing to read. */
export const noRecords: PageContent = { records: [], answer: undefined, signal: null };

/** What an answer is: records, "too many", or a refusal. Its own rules come first, then its status, then its body. */
export function readContent(
  definition: HttpDefinition,
  answer: HttpAnswer,
  partition: Partition,
): PageContent | CutAnswer | 'too-many' | Refusal {
  const split = splitOf(definition);
  if (split && saysTooMany(split, answer.status, answer.text)) return 'too-many';
  const judged = judgeAnswer(definition, answer);
  if (judged && 'special' in judged) {
    return judged.special === 'too-many' ? 'too-many' : { ...noRecords, ignored: judged.reason };
  }
  if (judged) return judged;
  if (answer.status === 204) return noRecords;
  const cut = answer.utf8 && cutAnswer(definition, answer.utf8);
  if (cut) return cut;
  const doubt = doubtOf(definition, answer);
  if (doubt !== undefined) return { code: 'RESPONSE_INVALID', reason: doubt, again: 'counted' };
  const read = readPage(definition, answer.text, partition);
  if ('page' in read) return read.page;
  const { code, reason, flaky } = read.refusal;
  return { code, reason, again: flaky ? 'counted' : 'no', text: answer.text };
}

/**
 * Why an answer may be a part of what was asked for; undefined when it cannot. JSON ends with its last bracket; lines and rows
 * may end anywhere, and whether a connection was closed or broke looks the same.
 */
function doubtOf({ request }: HttpDefinition, { status, headers }: HttpAnswer): string | undefined {
  if (status === 206 && /^bytes\b/i.test(headers['content-range'] ?? '')) {
    return 'the source answered 206 with a range of bytes, although the whole was asked for';
  }
  if (request.decoder.kind === 'json' || tellsItsEnd(headers)) return undefined;
  return `the answer has neither Content-Length nor chunks, so it may have been cut off between two records: ${request.decoder.kind} needs one of them`;
}

function tellsItsEnd(headers: HttpAnswer['headers']): boolean {
  if (headers['content-length'] !== undefined) return true;
  if (/\bchunked\s*$/i.test(headers['transfer-encoding'] ?? '')) return true;
  // A packed body ends with a checksum of the whole.
  return /gzip/i.test(headers['content-encoding'] ?? '');
}
