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
  const read = readPage(definition, answer.text, partition);
  if ('page' in read) return read.page;
  const { code, reason, flaky } = read.refusal;
  return { code, reason, again: flaky ? 'counted' : 'no', text: answer.text };
}
