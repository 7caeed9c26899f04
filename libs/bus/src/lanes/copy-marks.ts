/** What a copy keeps of the message whose place it takes: the lane that gets it goes on as if it were the same one. */
export interface CopyMarks {
  /** The first message's place in its stream, and when the broker took it. */
  readonly streamSeq: number;
  readonly publishedAtUs: string;
  /** Deliveries before the copy that count. */
  readonly deliveries: number;
  /** Since when it waits: milliseconds since 1970; undefined when it does not. */
  readonly waitsSinceMs: number | undefined;
}

/** The marks as one header has them. */
export function writeCopyMarks(marks: CopyMarks): string {
  const { streamSeq, publishedAtUs, deliveries, waitsSinceMs } = marks;
  return [streamSeq, publishedAtUs, deliveries, waitsSinceMs ?? '-'].join(' ');
}

const form = /^(\d{1,15}) (\d{1,18}) (\d{1,6}) (\d{1,15}|-)$/;

/** The marks of a header; undefined when there are none, so that a malformed header makes a message of its own. */
export function readCopyMarks(text: string | undefined): CopyMarks | undefined {
  const [, streamSeq, publishedAtUs, deliveries, waitsSince] = form.exec(text ?? '') ?? [];
  if (publishedAtUs === undefined) return undefined;
  return {
    streamSeq: Number(streamSeq),
    publishedAtUs,
    deliveries: Number(deliveries),
    waitsSinceMs: waitsSince === '-' ? undefined : Number(waitsSince),
  };
}
