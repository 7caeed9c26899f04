import type { LetterToReplay } from '@tidemark/store';

/** Whether a dead letter holds what can be loaded as it is; others stand for a chunk that has to be read again. */
export function holdsRecord({ kind }: Pick<LetterToReplay, 'kind'>): boolean {
  return kind === 'record' || kind === 'row';
}

/** Why a dead letter cannot be brought again; undefined when it can. */
export function whyNot(letter: LetterToReplay): string | undefined {
  if (letter.status !== 'open') return `is ${letter.status}`;
  if (letter.chunkId === null || letter.mode === null) return 'belongs to no chunk that is known';
  if (letter.mode === 'rehearsal') return 'comes from a rehearsal, which loads nothing';
  if (letter.partition === null) return 'is of a chunk that is so old that it is not kept any more';
  if (holdsRecord(letter)) {
    return letter.isJson
      ? undefined
      : 'holds no JSON, since it was cut; edit it, or read its run again';
  }
  if (!letter.runHasEnded) return 'is of a run that has not ended yet';
  return letter.chunkStatus === 'failed'
    ? undefined
    : `is of a chunk that is ${letter.chunkStatus}`;
}
