/** Where rows come from; it is written beside them. */
export interface Lineage {
  readonly runId: string;
  readonly batchId: string;
  /** Microseconds since 1970 UTC. */
  readonly askedAt: string;
}
