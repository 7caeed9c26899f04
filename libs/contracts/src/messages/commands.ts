import { z } from 'zod';
import { Ordinal } from '../names.ts';
import { planModes } from '../words.ts';
import { Partition } from './page-task.ts';

/** An instant in ISO 8601 with a zone, a date, or an integer cursor. */
export const CursorText = z
  .string()
  .regex(
    /^(-?\d{1,18}|\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?)$/,
    'a date, an instant with a zone, or an integer',
  );

const trigger = {
  triggeredBy: z.string().min(1).max(100).default('command'),
  /** An earlier answer is repeated when the same id comes again. */
  commandId: z.uuid().optional(),
};

const plan = {
  mode: z.enum(planModes).default('incremental'),
  /** Only partitions that have all of these values. */
  partition: Partition.optional(),
  window: z.strictObject({ from: CursorText.optional(), to: CursorText.optional() }).optional(),
};

const limits = {
  /** The run ends when so many chunks have ended; the others are left open. */
  maxChunks: Ordinal.min(1).optional(),
  /** The run takes up nothing more once so many records are processed; what is on its way is still loaded. */
  maxRecords: z.number().int().positive().optional(),
};

const start = {
  ...trigger,
  runId: z.uuid().optional(),
  overlap: z.enum(['skip', 'queue', 'cancel']).optional(),
};

/** `tidemark.command.run.<collector>`: start a run. `{}` is valid. */
export const RunCommand = z
  .strictObject({
    ...start,
    ...plan,
    ...limits,
    /** Loads into a table of its own and tells what a run would change; nothing counts as loaded. */
    rehearse: z.boolean().optional(),
    /** Takes up the chunks that the last run, or the named one, left open; plans anew where there are none. */
    continue: z.union([z.boolean(), z.uuid()]).optional(),
    /** Forgets what earlier runs left open, and plans anew. */
    clearCheckpoint: z.boolean().optional(),
  })
  .refine((command) => !command.continue || (!command.clearCheckpoint && !command.rehearse), {
    path: ['continue'],
    message: 'a run that continues another one neither clears its checkpoint nor is a rehearsal',
  });
export type RunCommand = z.infer<typeof RunCommand>;

/** `tidemark.command.plan.<collector>`: say what a run would ask for, and start nothing. */
export const PlanCommand = z.strictObject({
  ...trigger,
  ...plan,
  maxChunks: limits.maxChunks,
});
export type PlanCommand = z.infer<typeof PlanCommand>;

/** `tidemark.command.retry.<collector>`: read failed chunks of an ended run again, in a new run. */
export const RetryCommand = z.strictObject({
  ...start,
  ...limits,
  parentRunId: z.uuid(),
  /** Numbers of failed chunks; all of them when absent. */
  chunks: z.array(Ordinal).min(1).optional(),
});
export type RetryCommand = z.infer<typeof RetryCommand>;

const ofRuns = { ...trigger, runId: z.uuid().optional() };

/** `tidemark.command.pause.<collector>`: let the named run, or every active run, ask for nothing more until it is resumed. */
export const PauseCommand = z.strictObject(ofRuns);
export type PauseCommand = z.infer<typeof PauseCommand>;

/** `tidemark.command.resume.<collector>`: let the named run, or every paused run, go on. */
export const ResumeCommand = z.strictObject(ofRuns);
export type ResumeCommand = z.infer<typeof ResumeCommand>;

/** `tidemark.command.cancel.<collector>`: end the named run, or every active run of the collector. */
export const CancelCommand = z.strictObject(ofRuns);
export type CancelCommand = z.infer<typeof CancelCommand>;

/** `tidemark.command.reset.<collector>`: forget what is known to be loaded, so that it is asked for again. */
export const ResetCommand = z
  .strictObject({
    ...trigger,
    partition: Partition.optional(),
    /** What lies at or after it is forgotten. */
    to: CursorText.optional(),
    all: z.boolean().optional(),
  })
  .refine((command) => (command.to !== undefined) !== (command.all === true), {
    message: 'either `to` or `all: true` is needed',
  });
export type ResetCommand = z.infer<typeof ResetCommand>;

/** The number of a dead letter, as digits. */
export const LetterId = z.string().regex(/^[1-9]\d{0,17}$/, 'the number of a dead letter');

/** A command names at most so many dead letters one by one. */
export const MAX_LETTERS_NAMED = 10_000;

const letters = z.array(LetterId).min(1).max(MAX_LETTERS_NAMED);

/** `tidemark.command.replay.<collector>`: bring open dead letters again, in a new run. */
export const ReplayCommand = z
  .strictObject({
    ...start,
    letters: letters.optional(),
    /** The open ones of this run. */
    ofRun: z.uuid().optional(),
    /** The open ones of the collector. */
    all: z.literal(true).optional(),
  })
  .refine(({ letters: named, ofRun, all }) => [named, ofRun, all].filter(Boolean).length === 1, {
    message: 'one of `letters`, `ofRun` or `all: true` is needed',
  });
export type ReplayCommand = z.infer<typeof ReplayCommand>;

/** An edited payload is no longer than so many bytes. */
export const MAX_EDITED_BYTES = 524_288;

/** `tidemark.command.edit.<collector>`: give an open dead letter another payload; what came is kept beside it. */
export const EditCommand = z.strictObject({
  ...trigger,
  letter: LetterId,
  /** JSON. */
  payload: z.string().min(1).max(MAX_EDITED_BYTES),
});
export type EditCommand = z.infer<typeof EditCommand>;

/** `tidemark.command.discard.<collector>`: close open dead letters that nobody will replay, and say why. */
export const DiscardCommand = z.strictObject({
  ...trigger,
  letters,
  reason: z.string().min(1).max(1_000),
});
export type DiscardCommand = z.infer<typeof DiscardCommand>;

/** `tidemark.command.enable.<collector>`: let runs of a collector begin again. */
export const EnableCommand = z.strictObject(trigger);
export type EnableCommand = z.infer<typeof EnableCommand>;

/** `tidemark.command.disable.<collector>`: let no new run of a collector begin; those that are active go on. */
export const DisableCommand = z.strictObject(trigger);
export type DisableCommand = z.infer<typeof DisableCommand>;
