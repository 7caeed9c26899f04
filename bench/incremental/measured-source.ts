/** What a source has answered so far. */
export interface SourceCounts {
  readonly requests: number;
  readonly records: number;
  /** Of bodies, before compression. */
  readonly bytes: number;
}

/** A built-in collector on a source of the bench, and how to tell whether its target is right. */
export interface MeasuredCollector {
  readonly name: string;
  /** Extends the built-in definition: another address, a higher rate, and the little that the case says. */
  readonly yaml: string;
  /** What the target has to hold now: a JSON array with one element for each row. */
  readonly expected: () => string | Promise<string>;
  /** Gives what the target holds: one column `content` of type jsonb, a row for each row. */
  readonly actual: string;
}

/** A source that counts what it is asked for and can change. */
export interface MeasuredSource extends AsyncDisposable {
  /** In the order in which they run: later ones may build on the rows of earlier ones. */
  readonly collectors: readonly MeasuredCollector[];
  /** Settings of the extractor. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Undefined for a database, whose pages are counted by the run that reads them. */
  readonly counts: (() => SourceCounts) | undefined;
  /** Changes the source, and says how. */
  readonly change: () => string | Promise<string>;
}

/** What every simulator waits before it answers, so that requests cost something here too. */
export const LATENCY_MS = 20;

/** What stands in the place of a source's own rate and waits, so that a full reload takes seconds. */
export const fastSource = 'rate: { requests: 1000, per: 1s }, retryDelay: 50ms';

/** A JSON array of elements that are JSON already, digits as they are. */
export function jsonArray(elements: readonly string[]): string {
  return `[${elements.join(',')}]`;
}
