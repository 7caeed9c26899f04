/** Where rows come from; it is written beside them. */
export interface Lineage {
  readonly runId: string;
  readonly batchId: string;
  /** Microseconds since 1970 UTC. */
  readonly askedAt: string;
  /** What was covered before the run without a hole, half-open, as digits: rows written in there are late. */
  readonly covered?: { readonly from: string; readonly to: string } | null;
}
