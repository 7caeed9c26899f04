import { createHash } from 'node:crypto';
import { durationToMs, type HttpDefinition } from '@tidemark/collector-sdk';
import {
  compileRequest,
  createGuardedAgent,
  Credentials,
  judgeFailure,
  nextPlaces,
  readContent,
  sendRequest,
  type BuildRequest,
  type Grant,
  type HttpAnswer,
  type HttpFailure,
  type OutgoingRequest,
  type PageContent,
  type Refusal,
  type Secrets,
} from '@tidemark/collector-sdk/source';
import type { PageTask } from '@tidemark/contracts';
import { beginningOf, type ShownRequest, type TestedPage } from './fetched-page.ts';

/** Asks an HTTP API for a page, once, as the extractor would. */
export async function askHttp(
  definition: HttpDefinition,
  task: PageTask,
  secrets: Secrets,
): Promise<TestedPage> {
  const { source } = definition;
  const agent = createGuardedAgent(1);
  try {
    const build = compileRequest(definition);
    const question = build(task);
    const grant = await grantFor(definition, new Credentials(secrets, agent));
    const begunMs = performance.now();
    const nothing = { status: null, bytes: 0, request: shown(question, question) };
    if ('refusal' in grant) return failed({ ...nothing, durationMs: 0 }, grant.refusal);
    const request = grant.credentials.authorize(question, source, grant.grant);
    const answer = await sendRequest(request, {
      dispatcher: agent,
      timeoutMs: durationToMs(source.timeout),
      maxBytes: source.maxResponseBytes,
      signal: new AbortController().signal,
    });
    const asked = {
      request: shown(question, request),
      durationMs: Math.round(performance.now() - begunMs),
    };
    if ('kind' in answer) {
      return failed({ ...asked, status: null, bytes: 0 }, judgeFailure(answer as HttpFailure));
    }
    return readAnswer({ definition, task, build }, answer, asked);
  } finally {
    await agent.destroy();
  }
}

type Asked = Pick<TestedPage, 'request' | 'durationMs'>;

interface Page {
  readonly definition: HttpDefinition;
  readonly task: PageTask;
  readonly build: BuildRequest;
}

async function grantFor(
  { source }: HttpDefinition,
  credentials: Credentials,
): Promise<{ credentials: Credentials; grant: Grant } | { refusal: Refusal }> {
  const token = await credentials.token(source, new AbortController().signal);
  if (typeof token === 'object') return { refusal: token };
  const [secret] = credentials.choices(source);
  return { credentials, grant: { token, secret } };
}

function readAnswer(page: Page, answer: HttpAnswer, asked: Asked): TestedPage {
  const { definition, task } = page;
  const seen = { ...asked, status: answer.status, bytes: answer.bodyBytes };
  // Records that stay text are for speed only; here each of them is looked at.
  const content = readContent(definition, { ...answer, utf8: undefined }, task.partition);
  if (content === 'too-many') {
    const notes = ['The source says "too many": a run would read this window in halves.'];
    return { ...seen, records: [], next: null, notes, failure: undefined };
  }
  if ('code' in content) return failed(seen, content, answer.text);
  if ('parts' in content) throw new Error('bug: a page was cut that was to be parsed');
  return { ...seen, records: content.records, ...following(page, answer, content) };
}

function following(
  { definition, task, build }: Page,
  { url, headers }: HttpAnswer,
  content: PageContent,
): Pick<TestedPage, 'next' | 'notes' | 'failure'> {
  const { records } = content;
  const digest = createHash('sha256').update(JSON.stringify(records)).digest('hex').slice(0, 16);
  const head = { url, headers, secretParameters: secretParameters(definition) };
  const lastRecord = records.at(-1);
  const read = { answer: content.answer, recordCount: records.length, lastRecord, digest, head };
  const follow = nextPlaces(definition.paginate, task.page, read);
  const ignored = content.ignored === undefined ? [] : [`Ignored: ${content.ignored}`];
  if ('code' in follow) {
    return { next: null, notes: ignored, failure: { code: follow.code, reason: follow.reason } };
  }
  if ('tooDeep' in follow) {
    return { next: null, notes: [...ignored, follow.tooDeep], failure: undefined };
  }
  const { smaller } = follow;
  const notes = smaller
    ? [`The source gives pages of ${smaller.given}, not of ${smaller.asked} as it is asked for.`]
    : [];
  const [next] = follow.next;
  return {
    next: next ? build({ ...task, page: next }).url.href : null,
    notes: [...ignored, ...notes],
    failure: undefined,
  };
}

function secretParameters({ source: { auth } }: HttpDefinition): string[] {
  const isInQuery = (auth.kind === 'api-key' || auth.kind === 'tokens') && auth.in === 'query';
  return isInQuery && auth.name !== undefined ? [auth.name] : [];
}

/** The request with its credentials named, not shown. */
function shown(question: OutgoingRequest, sent: OutgoingRequest): ShownRequest {
  const url = new URL(question.url);
  const added = [...sent.url.searchParams.keys()].filter((name) => !url.searchParams.has(name));
  const secret = added.map((name) => `${encodeURIComponent(name)}=[redacted]`);
  const search = [url.search.slice(1), ...secret].filter((part) => part !== '').join('&');
  url.search = '';
  return {
    method: question.method,
    url: search === '' ? url.href : `${url.href}?${search}`,
    headers: Object.fromEntries(
      Object.keys(sent.headers).map((name) => [name, question.headers[name] ?? '[redacted]']),
    ),
  };
}

function failed(
  asked: Pick<TestedPage, 'request' | 'status' | 'durationMs' | 'bytes'>,
  { code, reason }: Refusal,
  text = '',
): TestedPage {
  const notes = text === '' ? [] : [`The answer begins: ${beginningOf(text)}`];
  return { ...asked, records: undefined, next: null, notes, failure: { code, reason } };
}
