import { durationToMs, isHttp } from '@tidemark/collector-sdk';
import type { Refusal } from '@tidemark/collector-sdk/source';
import { sleep, TransientError } from '@tidemark/runtime';
import { admit, type Admission, type BudgetTold } from '@tidemark/store';
import pRetry from 'p-retry';
import { awaitAdmission, SLEEP_AT_MOST_MS, waiting } from './admission.ts';
import {
  askHttp,
  type FetchDeps,
  type FetchedPage,
  type Granted,
  type PageRequest,
  type Refused,
} from './ask-http.ts';
import { askPostgres } from './ask-postgres.ts';
import { requestRefused, tokenRetired } from './events.ts';
import { PageFailedError } from './page-failed-error.ts';

export type Fetched = FetchedPage | Exclude<Admission, { verdict: 'go' | 'wait' }>;

/**
 * Asks the source for a page, each try admitted again. What time may cure is tried again here when the wait is short; a
 * longer one is thrown, and the next run of the handler goes on. What time cannot cure, or did not in as many tries as the
 * definition allows, throws `PageFailedError`.
 */
export function fetchPage(
  page: PageRequest,
  deps: FetchDeps,
  signal: AbortSignal,
): Promise<Fetched> {
  return pRetry(() => fetchOnce(page, deps, signal), {
    // The tries are counted with the page, over all runs of its handler.
    retries: Infinity,
    minTimeout: 0,
    signal,
    onFailedAttempt: async ({ error }) => {
      const waitMs = shortWaitOf(error);
      if (waitMs === undefined) throw error;
      await sleep(waitMs, signal);
    },
  });
}

/** How long to wait in place; undefined for what is not tried again here. Waiting for a rate is never done in place. */
function shortWaitOf(error: Error): number | undefined {
  if (!(error instanceof TransientError) || !curable.has(error.code)) return undefined;
  const { retryAfterMs } = error;
  return retryAfterMs !== undefined && retryAfterMs <= SLEEP_AT_MOST_MS ? retryAfterMs : undefined;
}

const curable: ReadonlySet<TransientError['code']> = new Set([
  'SOURCE_UNAVAILABLE',
  'RESPONSE_INVALID',
]);

async function fetchOnce(
  page: PageRequest,
  deps: FetchDeps,
  signal: AbortSignal,
): Promise<Fetched> {
  const { task, patience } = page;
  const { definition } = page.compiled;
  const { source, limits } = definition;
  // Before the admission: a slot that waits for a token is a slot that is used too late.
  const http = isHttp(definition) ? definition.source : undefined;
  const token = http && (await deps.credentials.token(http, signal));
  if (typeof token === 'object') {
    throw refusedError(page, deps, { refusal: token }, maxWaitOf(page));
  }
  const budgets = deps.budgets.of(definition, task, http ? deps.credentials.choices(http) : []);
  const admission = await awaitAdmission(
    deps.store,
    {
      task,
      source: source.name,
      budgets,
      weight: limits.weight,
      maxWaitMs: maxWaitOf(page),
      patience,
    },
    signal,
  );
  if (admission.verdict !== 'go') return admission;
  const granted = { ...admission, grant: { token, secret: admission.budget?.secret } };
  const { compiled } = page;
  const asked = await ('query' in compiled
    ? askPostgres({ ...page, compiled }, deps, granted, signal)
    : askHttp({ ...page, compiled }, deps, granted, signal));
  if ('share' in asked) {
    await learn(page, deps, granted, { told: asked.told }).catch((error: unknown) => {
      asked.share[Symbol.dispose]();
      throw error;
    });
    return asked;
  }
  throw await afterRefusal(page, deps, granted, asked);
}

/** Takes in a refusal, for this page and for everybody who shares its budget. */
async function afterRefusal(
  page: PageRequest,
  deps: FetchDeps,
  ...[granted, asked]: [granted: Granted, asked: Refused]
): Promise<Error> {
  const { refusal, told } = asked;
  const again = refusal.renew === true ? renewed(page, deps, granted, refusal) : undefined;
  if (again) return again;
  // A pause of one of several tokens is nothing to wait for here: the admission knows whether another one is free, and
  // who comes back at the pause's end would ask with this token first, each time.
  const isOfToken =
    isForAll(refusal) && granted.grant.secret !== undefined && told?.entity === undefined;
  const error = refusedError(page, deps, asked, isOfToken ? undefined : maxWaitOf(page));
  const chosenMs = error instanceof TransientError ? error.retryAfterMs : undefined;
  const pauseMs = isForAll(refusal) ? (refusal.pauseMs ?? chosenMs) : undefined;
  const exhausted = pauseMs !== undefined && refusal.pauseMs === undefined && !told?.remaining;
  await learn(page, deps, granted, { told, pauseMs, exhausted });
  if (!isOfToken || !(error instanceof TransientError)) return error;
  return new TransientError(error.code, error.message, { retryAfterMs: 0 });
}

/** A pause that the source asks for holds for all replicas at once, and so does one that it leaves to us to choose. */
function isForAll(refusal: Refusal): boolean {
  if (refusal.code !== 'SOURCE_THROTTLED') return false;
  return refusal.pauseMs !== undefined || refusal.again === 'uncounted';
}

/** Another token, or a fresh one, is worth another try at once; undefined when there is none. */
function renewed(
  page: PageRequest,
  { credentials, secrets }: FetchDeps,
  ...[{ grant }, refusal]: [granted: Granted, refusal: Refusal]
): Error | undefined {
  const { definition } = page.compiled;
  if (!isHttp(definition)) return undefined;
  const renewal = credentials.renew(definition.source, grant);
  if (grant.secret !== undefined) tokenRetired(page.task, grant.secret);
  if (renewal === 'none') return undefined;
  const waitMs = renewal === 'fresh' ? page.patience.renewed(triesOf(page)) : 0;
  if (waitMs === undefined) return undefined;
  const message = secrets.redact(describe(page, refusal));
  requestRefused(page.task, refusal.code, message);
  return waiting(
    { patience: page.patience, maxWaitMs: undefined },
    { waitMs, code: refusal.code, reason: message },
  );
}

function refusedError(
  page: PageRequest,
  { secrets }: FetchDeps,
  { refusal, askedAtUs }: { readonly refusal: Refusal; readonly askedAtUs?: string },
  maxWaitMs: number | undefined,
): Error {
  const delayMs = page.patience.refused(refusal, triesOf(page));
  const message = secrets.redact(describe(page, refusal));
  requestRefused(page.task, refusal.code, message);
  if (delayMs === undefined) {
    return new PageFailedError(refusal.code, message, { payload: refusal.text, askedAtUs });
  }
  const { patience } = page;
  const wait = { waitMs: delayMs, code: refusal.code, reason: message };
  return waiting({ patience, maxWaitMs }, wait);
}

/** The request as it was built, without what authentication adds to it, and what became of it. */
function describe({ task, compiled }: PageRequest, refusal: Refusal): string {
  const { attempts, name } = compiled.definition.source;
  const tries = refusal.again === 'counted' ? ` (of ${attempts} tries at most)` : '';
  if ('query' in compiled) return `a query to ${name}: ${refusal.reason}${tries}`;
  const { method, url } = compiled.buildRequest(task);
  return `${method} ${url.href}: ${refusal.reason}${tries}`;
}

function triesOf({ compiled }: PageRequest) {
  const { attempts, retryDelay } = compiled.definition.source;
  return { attempts, retryDelayMs: durationToMs(retryDelay) };
}

function maxWaitOf({ compiled }: PageRequest): number | undefined {
  const { maxWait } = compiled.definition.source.rate ?? {};
  return maxWait === undefined ? undefined : durationToMs(maxWait);
}

/** Tells what was learnt of a budget to all replicas; the weight 0 books nothing. */
async function learn(
  { task, compiled }: PageRequest,
  { store, budgets }: FetchDeps,
  ...[{ budget, grant }, { told, ...learnt }]: [
    granted: Granted,
    learnt: Pick<Refused, 'told'> & Pick<BudgetTold, 'pauseMs' | 'exhausted'>,
  ]
): Promise<void> {
  if (!budget || (told === undefined && learnt.pauseMs === undefined)) return;
  const { definition } = compiled;
  const { entity, ...numbers } = told ?? {};
  const isNamed = entity !== undefined && definition.source.rate?.entity === undefined;
  const { secret } = grant;
  const key = isNamed ? budgets.named(definition, task, { entity, secret }) : budget.key;
  const { runId, chunkId, attempt, page } = task;
  const place = { runId, chunkId, attempt, seq: page.seq, source: definition.source.name };
  const input = { ...place, budgets: [], weight: 0, told: { budget: key, ...numbers, ...learnt } };
  await store.with(async (db) => admit(db, input));
}
