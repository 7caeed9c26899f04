import {
  authorize,
  cutAnswer,
  durationToMs,
  judgeAnswer,
  judgeFailure,
  readPage,
  saysTooMany,
  sendRequest,
  splitOf,
  type AskedMoment,
  type CutAnswer,
  type HttpAnswer,
  type PageContent,
  type Refusal,
  type Secrets,
} from '@tidemark/collector-sdk';
import type { PageTask } from '@tidemark/contracts';
import type { Store } from '@tidemark/store';
import type { Dispatcher } from 'undici';
import type { Admitted } from './admission.ts';
import type { ByteBudget, ByteShare } from './byte-budget.ts';
import type { CompiledDefinition } from './compiled-definitions.ts';
import type { PagePatience } from './page-patience.ts';

/** What fetching a page needs. */
export interface FetchDeps {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly dispatcher: Dispatcher;
  readonly memory: ByteBudget;
}

/** A page to fetch, its definition, and what is remembered of earlier tries. */
export interface PageRequest {
  readonly task: PageTask;
  readonly compiled: CompiledDefinition;
  readonly patience: PagePatience;
}

/** An answer that is a page, or that says "too many"; `share` is its part of the memory and must be disposed. */
export interface FetchedPage {
  readonly verdict: 'page';
  readonly content: PageContent | CutAnswer | 'too-many';
  readonly moment: AskedMoment;
  readonly share: ByteShare;
}

/** Why a request brought no page, and when it was asked. */
export interface Refused {
  readonly refusal: Refusal;
  readonly askedAtUs: string;
}

/** Sends the request of a page and reads its answer. */
export async function askHttp(
  { task, compiled }: PageRequest,
  deps: FetchDeps,
  ...[admission, signal]: [admission: Admitted, signal: AbortSignal]
): Promise<FetchedPage | Refused> {
  const { source } = compiled.definition;
  const request = authorize(compiled.buildRequest(task), source.auth, deps.secrets);
  const askedAtUs = admission.askedAtUs();
  const answer = await sendRequest(request, {
    dispatcher: deps.dispatcher,
    timeoutMs: durationToMs(source.timeout),
    maxBytes: source.maxResponseBytes,
    signal,
  });
  if ('kind' in answer) return { refusal: judgeFailure(answer), askedAtUs };
  using share = new DisposableStack();
  share.use(await deps.memory.take(answer.bodyBytes, signal));
  const content = readAnswer(compiled, answer);
  if (content !== 'too-many' && 'code' in content) return { refusal: content, askedAtUs };
  const moment = { askedAtUs, sourceUs: answer.sourceUs };
  return { verdict: 'page', content, moment, share: share.move() };
}

function readAnswer(
  { definition }: CompiledDefinition,
  answer: HttpAnswer,
): PageContent | CutAnswer | 'too-many' | Refusal {
  const split = splitOf(definition);
  if (split && saysTooMany(split, answer.status, answer.text)) return 'too-many';
  const refusal = judgeAnswer(definition.source, answer);
  if (refusal) return refusal;
  if (answer.status === 204) return { records: [], answer: undefined, signal: null };
  const cut = answer.utf8 && cutAnswer(definition, answer.utf8);
  if (cut) return cut;
  const read = readPage(definition, answer.text);
  if ('page' in read) return read.page;
  const { code, reason, flaky } = read.refusal;
  return { code, reason, again: flaky ? 'counted' : 'no', text: answer.text };
}
