import { z } from 'zod';

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

/** A collector's name is one token of a subject and part of a consumer's name. */
export const CollectorName = z
  .string()
  .regex(/^[a-z0-9][a-z0-9_-]{0,31}$/, 'lower-case letters, digits, - and _, at most 32');

export const Revision = z.string().regex(/^[0-9a-f]{16}$/);
export const Digest = z.string().regex(/^[0-9a-f]{16}$/);

/** Digits of a whole number: microseconds since 1970 UTC for time, the number itself for integers. */
export const Digits = z.string().regex(/^-?\d{1,30}$/);

/** PostgreSQL's clock in microseconds since 1970 UTC, as digits. */
export const Micros = z.string().regex(/^\d{1,17}$/);

/** A place in an order, as PostgreSQL's `integer` holds it. */
export const Ordinal = z.number().int().min(0).max(2_147_483_647);
