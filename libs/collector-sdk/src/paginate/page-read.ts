/** The HTTP part of an answer, as far as paging reads it. */
export interface AnswerHead {
  /** The address that answered, after redirects. */
  readonly url: URL;
  /** By lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parameters that carry a secret: an address that the source gives may repeat them. */
  readonly secretParameters: readonly string[];
}

/** What paging sees of a page that was read. */
export interface PageRead {
  readonly answer: unknown;
  readonly recordCount: number;
  /** Digest of the page's records, by which a page that comes again is noticed. */
  readonly digest: string;
  readonly head?: AnswerHead | undefined;
  /** The last record, where pages go on behind it. */
  readonly lastRecord?: unknown;
  /** Names of the records in their order, where drift is looked for in them. */
  readonly keys?: readonly string[] | undefined;
}
