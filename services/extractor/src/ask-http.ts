import { durationToMs, type HttpSource } from '@tidemark/collector-sdk';
import {
  conditionOf,
  judgeFailure,
  noRecords,
  readContent,
  sendRequest,
  validatorsOf,
  type AnswerHead,
  type AskedMoment,
  type Condition,
  type Credentials,
  type CutAnswer,
  type Grant,
  type HttpAnswer,
  type OutgoingRequest,
  type PageContent,
  type Refusal,
  type RowsPage,
  type RateTold,
  type Secrets,
} from '@tidemark/collector-sdk/source';
import type { PageTask } from '@tidemark/contracts';
import type { Store } from '@tidemark/store';
import type { Dispatcher } from 'undici';
import type { Admitted } from './admission.ts';
import type { Budgets } from './budgets.ts';
import type { ByteBudget, ByteShare } from './byte-budget.ts';
import type { CompiledDefinition, CompiledHttp } from './compiled-definitions.ts';
import type { PagePatience } from './page-patience.ts';
import { readTold } from './read-told.ts';
import type { SourceDatabases } from './source-databases.ts';

/** What fetching a page needs. */
export interface FetchDeps {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly credentials: Credentials;
  readonly budgets: Budgets;
  readonly dispatcher: Dispatcher;
  readonly databases: SourceDatabases;
  readonly memory: ByteBudget;
}

/** A page to fetch, its definition, and what is remembered of earlier tries. */
export interface PageRequest<Compiled extends CompiledDefinition = CompiledDefinition> {
  readonly task: PageTask;
  readonly compiled: Compiled;
  readonly patience: PagePatience;
}

/** An answer that is a page, or that says "too many"; `share` is its part of the memory and must be disposed. */
export interface FetchedPage {
  readonly verdict: 'page';
  readonly content: PageContent | CutAnswer | RowsPage | 'too-many';
  readonly moment: AskedMoment;
  /** What else an HTTP answer says beside its body. */
  readonly head?: AnswerHead | undefined;
  readonly share: ByteShare;
  /** What the answer tells of the quota that it was counted in. */
  readonly told?: RateTold | undefined;
}

/** Why a request brought no page, and when it was asked. */
export interface Refused {
  readonly refusal: Refusal;
  readonly askedAtUs: string;
  readonly told?: RateTold | undefined;
}

/** A request that may be sent, and what it is authorised with. */
export interface Granted extends Admitted {
  readonly grant: Grant;
}

/** Sends the request of a page and reads its answer. */
export async function askHttp(
  { task, compiled }: PageRequest<CompiledHttp>,
  deps: FetchDeps,
  ...[admission, signal]: [admission: Granted, signal: AbortSignal]
): Promise<FetchedPage | Refused> {
  const { source } = compiled.definition;
  const question = compiled.buildRequest(task);
  const condition = conditionFor(task, compiled, question);
  const headers = { ...question.headers, ...condition?.headers };
  const request = deps.credentials.authorize({ ...question, headers }, source, admission.grant);
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
  const content = readAnswer(task, compiled, answer, condition);
  const told = readTold(source, answer, content);
  if (content !== 'too-many' && 'code' in content) return { refusal: content, askedAtUs, told };
  const moment = { askedAtUs, sourceUs: answer.sourceUs };
  const head = headOf(answer, source.auth);
  return { verdict: 'page', content, moment, head, told, share: share.move() };
}

function headOf({ url, headers }: HttpAnswer, auth: HttpSource['auth']): AnswerHead {
  const isInQuery = (auth.kind === 'api-key' || auth.kind === 'tokens') && auth.in === 'query';
  return { url, headers, secretParameters: isInQuery && auth.name ? [auth.name] : [] };
}

/** Only the first page of a chunk is asked for under a condition. */
function conditionFor(
  { page, revision, signal }: PageTask,
  { definition }: CompiledHttp,
  question: OutgoingRequest,
): Condition | undefined {
  if (page.seq > 0 || !definition.request.conditional) return undefined;
  return conditionOf(question, revision, signal);
}

type Content = PageContent | CutAnswer | 'too-many' | Refusal;

function readAnswer(
  task: PageTask,
  compiled: CompiledHttp,
  answer: HttpAnswer,
  condition: Condition | undefined,
): Content {
  if (!condition) return readContent(compiled.definition, answer, task.partition);
  const isUnchanged = answer.status === 304 && Object.keys(condition.headers).length > 0;
  if (isUnchanged) return { ...noRecords, signal: task.signal };
  const content = readContent(compiled.definition, answer, task.partition);
  if (content === 'too-many' || 'code' in content) return content;
  return { ...content, signal: validatorsOf(condition, answer) };
}
