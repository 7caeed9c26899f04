import { CHILDREN_DIGEST } from '@tidemark/collector-sdk';
import { splitLines } from './copy-lines.ts';
import type { TargetPlan } from './target-plan.ts';

/** Records as COPY text, and the lines of their children, which name their record by its digest. */
export interface RecordLines {
  readonly text: Buffer;
  /** One text for each child of the target. */
  readonly children: readonly Buffer[];
}

/** The first so many records and the rest, each with its children. */
export function splitRecords(
  { columns }: Pick<TargetPlan, 'columns'>,
  { text, children }: RecordLines,
  records: number,
): [RecordLines, RecordLines] {
  const [first, second] = splitLines(text, records);
  const place = columns.indexOf(CHILDREN_DIGEST.name);
  if (place < 0)
    return [
      { text: first, children },
      { text: second, children },
    ];
  const withChildren = (half: Buffer): RecordLines => {
    const digests = new Set(linesOf(half).map((line) => line.split('\t')[place]?.trimEnd()));
    return { text: half, children: children.map((each) => linesWith(each, digests)) };
  };
  return [withChildren(first), withChildren(second)];
}

function linesWith(text: Buffer, digests: ReadonlySet<string | undefined>): Buffer {
  const kept = linesOf(text).filter((line) => digests.has(line.slice(0, line.indexOf('\t'))));
  return Buffer.from(kept.join(''));
}

/** Each with its end. */
function linesOf(text: Buffer): string[] {
  return text.toString('utf8').match(/[^\n]*\n/g) ?? [];
}
