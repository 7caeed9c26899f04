import type { RunClass, RunMode, RunStatus } from '@tidemark/contracts';

export interface RunState {
  readonly id: string;
  readonly collectorName: string;
  readonly runClass: RunClass;
  readonly mode: RunMode;
  readonly status: RunStatus;
  readonly traceparent: string | null;
}

export const runColumns = `
  id, collector_name as "collectorName", class as "runClass", mode, status, traceparent`;
