import type { CommandVerb, RunClass } from './words.ts';

export type Stage = 'extract' | 'raw' | 'load';
export type EventKind = 'command' | 'run' | 'chunk' | 'database';

export interface WorkSubject {
  readonly stage: Stage;
  readonly runClass: RunClass;
  readonly collector: string;
  readonly runId: string;
}

export function commandSubject(verb: CommandVerb, collector: string): string {
  return `tidemark.command.${verb}.${collector}`;
}

export function workSubject(subject: WorkSubject): string {
  return `tidemark.${subject.stage}.${subject.runClass}.${subject.collector}.${subject.runId}`;
}

export function eventSubject(kind: EventKind, collector: string): string {
  return `tidemark.event.${kind}.${collector}`;
}

/** The tokens of a command's subject; a subject of another shape gives undefined. */
export function parseCommandSubject(
  subject: string,
): { readonly verb: string; readonly collector: string } | undefined {
  const [root, kind, verb, collector, ...rest] = subject.split('.');
  if (root !== 'tidemark' || kind !== 'command' || rest.length > 0) return undefined;
  return verb && collector ? { verb, collector } : undefined;
}

/** The tokens of a work message's subject; a subject of another shape gives undefined. */
export function parseWorkSubject(subject: string): WorkSubject | undefined {
  const [root, stage, runClass, collector, runId, ...rest] = subject.split('.');
  if (root !== 'tidemark' || rest.length > 0 || !collector || !runId) return undefined;
  if (stage !== 'extract' && stage !== 'raw' && stage !== 'load') return undefined;
  if (runClass !== 'live' && runClass !== 'backfill') return undefined;
  return { stage, runClass, collector, runId };
}

/** Every subject that carries work of one run, whatever its stage. */
export function runFilter(stage: Stage, runId: string): string {
  return `tidemark.${stage}.*.*.${runId}`;
}
