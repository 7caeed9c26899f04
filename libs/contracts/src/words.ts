/** Live collection and backfills travel in streams of their own, so that one cannot fill what the other needs. */
export const runClasses = ['live', 'backfill'] as const;
export type RunClass = (typeof runClasses)[number];

export const runModes = [
  'incremental',
  'full',
  'backfill',
  'retry',
  'replay',
  'rehearsal',
] as const;
export type RunMode = (typeof runModes)[number];

/** What may be planned by a command; all other modes follow from how the run came about. */
export const planModes = ['incremental', 'full', 'backfill'] as const;

export const runStatuses = [
  'running',
  'paused',
  'closing',
  'success',
  'partial',
  'failed',
  'cancelled',
] as const;
export type RunStatus = (typeof runStatuses)[number];

export const chunkStatuses = ['waiting', 'active', 'done', 'failed', 'cancelled'] as const;
export type ChunkStatus = (typeof chunkStatuses)[number];

export const commandVerbs = [
  'run',
  'plan',
  'pause',
  'resume',
  'cancel',
  'retry',
  'reset',
  'replay',
  'edit',
  'discard',
  'enable',
  'disable',
] as const;
export type CommandVerb = (typeof commandVerbs)[number];

/** What may follow a page: more of it (`page`), nothing (`last`, `unchanged`), halves of its window (`split`) or a dead letter (`failed`). */
export const pageOutcomes = ['page', 'last', 'split', 'unchanged', 'failed'] as const;
export type PageOutcome = (typeof pageOutcomes)[number];

/** What a dead letter holds: a source's record, the row that PostgreSQL refused, a page's answer or task, a message's body. */
export const letterKinds = ['record', 'row', 'page', 'message'] as const;
export type LetterKind = (typeof letterKinds)[number];

export const letterStatuses = ['open', 'replaying', 'replayed', 'discarded'] as const;
export type LetterStatus = (typeof letterStatuses)[number];
