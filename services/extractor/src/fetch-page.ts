import { durationToMs, type Refusal } from '@tidemark/collector-sdk';
import type { PageTask } from '@tidemark/contracts';
import { admit, type Admission } from '@tidemark/store';
import { awaitAdmission, waiting } from './admission.ts';
import {
  askHttp,
  type FetchDeps,
  type FetchedPage,
  type PageRequest,
  type Refused,
} from './ask-http.ts';
import { requestRefused } from './events.ts';
import { PageFailedError } from './page-failed-error.ts';

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
  const asked = await askHttp(page, deps, admission, signal);
  if ('share' in asked) return asked;
  throw await refusedError(page, deps, asked);
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
