import { MAX_BATCH_BYTES, MAX_BATCH_RECORDS } from '@tidemark/contracts';
import type { LetterToReplay } from '@tidemark/store';

/** Dead letters that travel as one batch: all of one kind and partition, asked for at one moment. */
export interface LetterBatch {
  readonly partition: string;
  readonly letters: readonly string[];
}

/**
 * Cuts records and rows into batches. What was asked for at different moments stays apart, since the moment decides which of
 * two contents of a key is the later one.
 */
export function groupLetters(letters: readonly LetterToReplay[]): LetterBatch[] {
  const alike = Map.groupBy(letters, ({ kind, partition, askedAtUs }) =>
    JSON.stringify([kind, partition, askedAtUs]),
  );
  return [...alike.values()].flatMap(cut);
}

function cut(alike: readonly LetterToReplay[]): LetterBatch[] {
  const batches: { partition: string; letters: string[] }[] = [];
  let bytes = Infinity;
  for (const letter of alike) {
    const last = batches.at(-1);
    if (last && last.letters.length < MAX_BATCH_RECORDS && bytes + letter.bytes < MAX_BATCH_BYTES) {
      last.letters.push(letter.id);
      bytes += letter.bytes;
    } else {
      batches.push({ partition: letter.partition ?? '{}', letters: [letter.id] });
      ({ bytes } = letter);
    }
  }
  return batches;
}
