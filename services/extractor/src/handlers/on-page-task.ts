import { publishEvent, type Bus, type Message } from '@tidemark/bus';
import { askedRange } from '@tidemark/collector-sdk/source';
import type { PageTask, RunStatus } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import { recordPage, type RecordedPage } from '@tidemark/store';
import type { CompiledDefinition, CompiledDefinitions } from '../compiled-definitions.ts';
import { pageDropped, pageNoticed, pageRead } from '../events.ts';
import type { FetchDeps, FetchedPage } from '../ask-http.ts';
import { fetchPage } from '../fetch-page.ts';
import { interpretPage, interpretSplit, type PageResult } from '../interpret-page.ts';
import { interpretRows } from '../interpret-rows.ts';
import { PageFailedError } from '../page-failed-error.ts';
import { PagePatience } from '../page-patience.ts';
import { publishNext, publishParts, type PageToPublish } from '../publish-page.ts';
import { mustReadTask } from './read-task.ts';

/** What a page task needs. */
export interface PageTaskDeps extends FetchDeps {
  readonly bus: Bus;
  readonly definitions: CompiledDefinitions;
  /** What is remembered of pages between two runs of their handler. */
  readonly patience: WeakMap<Message, PagePatience>;
}

/**
 * Reads one page of a source. Order is everything: the parts are published, then the page is recorded (the first content
 * of a seq wins and names what follows), then the next tasks are published, and only then does the message count as done. A
 * crash anywhere in between is healed by doing the page again; a page that is recorded fetches nothing.
 */
export async function onPageTask(
  message: Message,
  deps: PageTaskDeps,
  signal: AbortSignal,
): Promise<void> {
  const task = mustReadTask(message);
  const compiled = await deps.definitions.get(task.collector, task.revision);
  const patience = deps.patience.get(message) ?? patienceFor(message);
  deps.patience.set(message, patience);
  const fetched = await fetchPage({ task, compiled, patience }, deps, signal);
  switch (fetched.verdict) {
    case 'stop':
      return pageDropped(task, fetched.reason);
    case 'recorded':
      return publishNext(deps.bus, task, fetched.next, signal);
    case 'page': {
      using _share = fetched.share;
      const page = interpret(task, compiled, fetched, deps);
      const window = askedRange(compiled.definition, task.cursor);
      const { askedAtUs } = fetched.moment;
      await deliver({ task, result: page, askedAtUs, window }, deps, signal);
    }
  }
}

/** A page that waited in a process before this one goes on with its wait. */
function patienceFor({ waitsSinceMs }: Message): PagePatience {
  return new PagePatience({
    waitedMs: waitsSinceMs === undefined ? undefined : Date.now() - waitsSinceMs,
  });
}

async function deliver(
  page: PageToPublish,
  deps: PageTaskDeps,
  signal: AbortSignal,
): Promise<void> {
  const { task, result } = page;
  await publishParts(deps.bus, page, signal);
  const recorded = await deps.store.with((db) => recordPage(db, recordInput(page)));
  pageRead(task, result);
  if (result.notice) pageNoticed(task, result.notice);
  if (recorded.verdict === 'stop') return pageDropped(task, 'the chunk ended meanwhile');
  await publishNext(deps.bus, task, recorded.next, signal);
  if (recorded.chunkStatus !== 'active') await tellEnd(deps.bus, task, recorded);
}

function interpret(
  task: PageTask,
  compiled: CompiledDefinition,
  fetched: FetchedPage,
  { secrets }: PageTaskDeps,
): PageResult {
  const { definition } = compiled;
  const { content, moment, head } = fetched;
  const reading = { definition, task, moment, head };
  try {
    if (content === 'too-many') return interpretSplit(reading);
    return 'kind' in content ? interpretRows(task, content) : interpretPage(reading, content);
  } catch (error) {
    if (!(error instanceof TerminalError)) throw error;
    const asked = 'buildRequest' in compiled ? `${compiled.buildRequest(task).url.href}: ` : '';
    throw new PageFailedError(error.code, secrets.redact(asked + error.message), {
      payload: undefined,
      askedAtUs: fetched.moment.askedAtUs,
    });
  }
}

function recordInput({ task, result, askedAtUs }: PageToPublish) {
  return {
    runId: task.runId,
    chunkId: task.chunkId,
    attempt: task.attempt,
    seq: task.page.seq,
    digest: result.digest,
    parts: result.parts.length,
    outcome: result.outcome,
    last: result.last,
    next: result.next,
    bound: result.bound,
    signal: result.signal,
    found: result.found ?? null,
    seen: result.seen ?? null,
    warnings: result.warnings ?? [],
    askedAtUs,
  };
}

const openStatuses: readonly (RunStatus | null)[] = [null, 'running', 'paused', 'closing'];

/** The recording of a page may be what completes its chunk; people and the planner are told, as a hint. */
async function tellEnd(
  bus: Bus,
  task: PageTask,
  { chunkStatus, runStatus }: Extract<RecordedPage, { verdict: 'recorded' }>,
): Promise<void> {
  const { runId, chunkId, collector, runClass } = task;
  const chunk = { v: 1, runId, chunkId, collector, status: chunkStatus };
  await publishEvent(bus, 'chunk', collector, chunk);
  if (openStatuses.includes(runStatus)) return;
  const run = { v: 1, runId, collector, runClass, status: runStatus };
  await publishEvent(bus, 'run', collector, run);
}
