import { provisionCollector, putDefinition } from '@tidemark/bus';
import { canonicalJson, revisionOf, spacingOf, Definition } from '@tidemark/collector-sdk';
import { checkDefinition, listMistakes } from '@tidemark/collector-sdk/define';
import { TerminalError, TransientError } from '@tidemark/runtime';
import {
  findCollector,
  findCoveredUnit,
  findLastCursor,
  forgetEmptyWatermarks,
  registerCollector,
  reportCollector,
  setRateLimit,
} from '@tidemark/store';
import type { Deps } from '../deps.ts';
import { collectorRefused, collectorRegistered } from '../events.ts';
import { ensureTargets } from '../targets/ensure-targets.ts';
import { cursorChange } from './cursor-change.ts';
import { BUILT_IN, type Candidate } from './read-candidates.ts';

export interface RegistrationSettings {
  readonly functionNames: readonly string[];
  readonly ackWaitMs: number;
}

/**
 * Makes a definition usable, or reports every mistake in it while the last good revision stays in use. The collector's
 * row comes last: who finds a revision there finds its target, its budget, its consumers and its definition too.
 */
export async function register(
  deps: Deps,
  candidate: Candidate,
  settings: RegistrationSettings,
): Promise<void> {
  const { content } = candidate;
  const checked =
    'mistakes' in content ? content : checkDefinition(content.value, settings.functionNames);
  if ('mistakes' in checked) {
    await report(deps, candidate, { status: 'invalid', reason: listMistakes(checked.mistakes) });
    return;
  }
  const otherCursor = await refuseOtherCursor(deps, checked.definition);
  if (otherCursor !== undefined) {
    await report(deps, candidate, { status: 'blocked', reason: otherCursor });
    return;
  }
  try {
    await ensureTargets(deps.store, checked.definition);
  } catch (error) {
    if (!isMismatch(error)) throw error;
    await report(deps, candidate, { status: 'blocked', reason: error.message });
    return;
  }
  const origin = originOf(candidate);
  await publishRevision(deps, { definition: checked.definition, origin }, settings);
}

/**
 * Why the cursor of a definition does not go with what is covered already, or will be by a run that is under way; begins
 * anew where nothing is.
 */
async function refuseOtherCursor(
  { store }: Deps,
  { name, incremental }: Definition,
): Promise<string | undefined> {
  if (incremental.kind !== 'cursor') return undefined;
  const covered = await store.with((db) => findCoveredUnit(db, name));
  const last = await store.with((db) => findLastCursor(db, name));
  const before = Definition.shape.incremental.safeParse(last?.incremental).data;
  const active = last?.isActive === true && before?.kind === 'cursor' ? before.unit : null;
  const reason = cursorChange({ unit: covered ?? active, incremental: before }, incremental);
  if (reason === undefined) {
    await store.with((db) => forgetEmptyWatermarks(db, name, incremental.unit));
  }
  return reason;
}

async function publishRevision(
  deps: Deps,
  { definition, origin }: { readonly definition: Definition; readonly origin: string | null },
  { ackWaitMs }: RegistrationSettings,
): Promise<void> {
  const { name, source, limits } = definition;
  const revision = revisionOf(definition);
  const json = canonicalJson(definition);
  const limit = { source: source.name, collectorName: name, declared: declaredLimit(source) };
  await deps.store.with((db) => setRateLimit(db, limit));
  await putDefinition(deps.bus, name, revision, json);
  const { concurrency } = limits;
  await provisionCollector(deps.bus, name, { concurrency, ackWaitMs, signal: deps.signal });
  const isNews = await deps.store.transaction(async (db) => {
    const before = await findCollector(db, name);
    await registerCollector(db, { name, revision, definition: json, origin });
    return before?.revision !== revision || before.status !== 'ready';
  });
  if (isNews) collectorRegistered(deps, name, revision);
}

function declaredLimit({ rate }: Definition['source']) {
  if (!rate) return undefined;
  const unspaced = { intervalMicros: 0n, slackMicros: 0n, bearMicros: 0n };
  return { ...(spacingOf(rate) ?? unspaced), reserve: rate.reserve };
}

async function report(
  deps: Deps,
  candidate: Candidate,
  problem: { readonly status: 'invalid' | 'blocked'; readonly reason: string },
): Promise<void> {
  const { name } = candidate;
  const { status } = problem;
  const reason = `${candidate.origin}: ${problem.reason}`;
  const origin = originOf(candidate);
  const isNews = await deps.store.with((db) =>
    reportCollector(db, { name, status, reason, origin }),
  );
  if (isNews) collectorRefused(deps, { collectorName: name, status, reason });
}

function originOf({ origin }: Candidate): string | null {
  return origin === BUILT_IN ? null : origin;
}

function isMismatch(error: unknown): error is TerminalError | TransientError {
  const isOurs = error instanceof TerminalError || error instanceof TransientError;
  return isOurs && error.code === 'TARGET_SCHEMA_MISMATCH';
}
