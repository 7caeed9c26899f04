import { defineCollector } from '@tidemark/collector-sdk/define';

/** The history of pgbench: rows that are never changed, and commit in another order than that of their times. */
export const pgbenchHistory = defineCollector({
  name: 'pgbench-history',
  description: 'pgbench_history while pgbench runs: rows that commit late, with a referee.',
  source: { kind: 'postgres', name: 'pgbench', secret: 'PGBENCH' },
  request: {
    kind: 'sql',
    sql: 'select hid, tid, bid, aid, delta, mtime from pgbench_history',
    size: 2_000,
    zone: 'UTC',
  },
  incremental: {
    kind: 'cursor',
    field: 'mtime',
    tie: 'hid',
    start: '2020-01-01',
    // None: what commits late is found without reading the past again.
    lookback: '0s',
  },
  target: {
    kind: 'table',
    table: 'pgbench_history_collected',
    key: ['hid'],
    fields: {
      hid: { type: 'bigint', required: true },
      tid: { type: 'bigint' },
      bid: { type: 'bigint' },
      aid: { type: 'bigint' },
      delta: { type: 'bigint' },
      mtime: { type: 'timestamptz', required: true },
    },
  },
});
