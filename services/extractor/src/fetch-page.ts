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
import { admit, type Admission, type Store } from '@tidemark/store';
import type { Dispatcher } from 'undici';
import { awaitAdmission, waiting, type Admitted } from './admission.ts';
import type { ByteBudget, ByteShare } from './byte-budget.ts';
import type { CompiledDefinition } from './compiled-definitions.ts';
import { requestRefused } from './events.ts';
import { PageFailedError } from './page-failed-error.ts';
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

export type Fetched = FetchedPage | Exclude<Admission, { verdict: 'go' | 'wait' }>;

/**
 * Asks the source for a page once, when admitted. What time may cure is thrown as a wait, and the next run tries again; what
 * it cannot cure, or did not in as many tries as the definition allows, throws `PageFailedError`.
 */
export async function fetchPage(
  page: PageRequest,
  deps: FetchDeps,
  signal: AbortSignal,
): Promise<Fetched> {
  const { task, patience } = page;
  const budget = page.compiled.definition.source.name;
  const admission = await awaitAdmission(deps.store, { task, budget, patience }, signal);
  if (admission.verdict !== 'go') return admission;
  const asked = await ask(page, deps, admission, signal);
  if ('share' in asked) return asked;
  throw await refusedError(page, deps, asked);
}

interface Refused {
  readonly refusal: Refusal;
  readonly askedAtUs: string;
}

async function ask(
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

async function refusedError(
  page: PageRequest,
  deps: FetchDeps,
  { refusal, askedAtUs }: Refused,
): Promise<Error> {
  const { source } = page.compiled.definition;
  const retryDelayMs = durationToMs(source.retryDelay);
  const limits = { attempts: source.attempts, retryDelayMs };
  const delayMs = page.patience.refused(refusal, limits);
  const message = deps.secrets.redact(describe(page, refusal));
  requestRefused(page.task, refusal.code, message);
  if (delayMs === undefined) {
    return new PageFailedError(refusal.code, message, { payload: refusal.text, askedAtUs });
  }
  if (refusal.pauseMs !== undefined) await tellEverybody(page.task, source.name, deps, delayMs);
  return waiting(delayMs, refusal.code, message);
}

/** The request as it was built, without what authentication adds to it, and what became of it. */
function describe({ task, compiled }: PageRequest, refusal: Refusal): string {
  const { method, url } = compiled.buildRequest(task);
  const { attempts } = compiled.definition.source;
  const tries = refusal.again === 'counted' ? ` (of ${attempts} tries at most)` : '';
  return `${method} ${url.href}: ${refusal.reason}${tries}`;
}

/** A pause that the source asks for holds for all replicas at once; weight 0 books nothing. */
async function tellEverybody(
  task: PageTask,
  budget: string,
  { store }: FetchDeps,
  pauseMs: number,
): Promise<void> {
  const { runId, chunkId, attempt, page } = task;
  const input = { runId, chunkId, attempt, seq: page.seq, budget, weight: 0, pauseMs };
  await store.with(async (db) => admit(db, input));
}
