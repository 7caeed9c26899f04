/** What was asked, without what says who asks. */
export interface ShownRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** One page as its source gave it. */
export interface TestedPage {
  readonly request: ShownRequest;
  /** Of an HTTP answer. */
  readonly status: number | null;
  readonly durationMs: number;
  readonly bytes: number;
  /** What could be read; undefined when the page has failed. */
  readonly records: readonly unknown[] | undefined;
  /** Where the page after this one is, for people; null when it is the last one. */
  readonly next: string | null;
  /** Why there are no records, or what else is to be known. */
  readonly notes: readonly string[];
  readonly failure: { readonly code: string; readonly reason: string } | undefined;
}

const FIRST_CHARACTERS = 400;

/** The beginning of an answer that could not be used: usually the source says there what is wrong. */
export function beginningOf(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length <= FIRST_CHARACTERS ? line : `${line.slice(0, FIRST_CHARACTERS)}…`;
}
