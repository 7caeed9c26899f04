import type { HttpSource } from '@tidemark/collector-sdk';
import {
  readRateBody,
  readRateHeaders,
  type CutAnswer,
  type HttpAnswer,
  type PageContent,
  type RateTold,
  type Refusal,
} from '@tidemark/collector-sdk/source';

/** What an answer tells of the quota that it was counted in: at the declared paths of its body, else in its headers. */
export function readTold(
  { rate }: HttpSource,
  { headers, sourceUs }: HttpAnswer,
  content: PageContent | CutAnswer | Refusal | 'too-many',
): RateTold | undefined {
  if (rate?.body && content !== 'too-many' && 'answer' in content) {
    const told = readRateBody(rate.body, content.answer);
    if (told) return told;
  }
  // A declared rate is kept as it is declared: what a source rounds to whole seconds would only waste it.
  const isHeeded = rate?.headers ?? rate?.requests === undefined;
  if (!isHeeded) return undefined;
  const sourceNowMs = sourceUs === undefined ? Date.now() : Number(sourceUs) / 1_000;
  return readRateHeaders(headers, sourceNowMs);
}
