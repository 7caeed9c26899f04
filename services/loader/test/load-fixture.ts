import { randomUUID } from 'node:crypto';
import { Definition } from '@tidemark/collector-sdk';
import type { BatchHeaders, Reject } from '@tidemark/contracts';
import { Store } from '@tidemark/store';
import { freshDatabase, type FreshDatabase } from '@tidemark/testkit';
import type pg from 'pg';
import { loadBatch, type LoadResult } from '../src/load-batch.ts';
import { Staging } from '../src/upsert/staging.ts';
import { planTarget, type TargetPlan } from '../src/upsert/target-plan.ts';

export const orders = Definition.parse({
  name: 'orders',
  source: { name: 'shop', baseUrl: 'https://shop.example' },
  request: { path: '/orders' },
  incremental: { kind: 'full' },
  target: {
    kind: 'table',
    table: 'orders',
    key: ['id'],
    version: 'version',
    fields: { id: { type: 'bigint' }, version: { type: 'bigint' }, note: { type: 'text' } },
  },
  limits: { maxRejects: 0.2 },
});

export interface Row {
  readonly id: number | string;
  readonly version?: number | string | null;
  readonly note?: string | null;
}

export interface BatchInput {
  readonly rows?: readonly Row[];
  readonly rejects?: readonly Reject[];
  readonly chunkId?: number;
  readonly attempt?: number;
  readonly seq?: number;
  readonly part?: number;
  readonly digest?: string;
  readonly askedAt?: string;
  readonly outcome?: BatchHeaders['outcome'];
}

export interface PageInput {
  readonly chunkId?: number;
  readonly seq: number;
  readonly parts?: number;
  readonly last: boolean;
}

/** A database with one active run of the collector and helpers that play the neighbours' part. */
export class LoadFixture implements AsyncDisposable {
  readonly database: FreshDatabase;
  readonly store: Store;
  readonly pool: pg.Pool;
  readonly staging = new Staging();
  readonly plan: TargetPlan;
  runId = '';

  constructor(database: FreshDatabase, definition: Definition) {
    this.database = database;
    this.store = new Store({ url: database.url, name: 'test', maxConnections: 8 });
    this.pool = database.pool({ max: 2 });
    this.plan = planTarget(definition);
  }

  static async open(definition = orders): Promise<LoadFixture> {
    const fixture = new LoadFixture(await freshDatabase(), definition);
    const columns = planTarget(definition).columns;
    const types =
      definition.target.kind === 'table' ? Object.values(definition.target.fields) : undefined;
    const declared = columns.map(
      (name, place) => `${name} ${types?.[place]?.type ?? rawTypes[name]}`,
    );
    const key = definition.target.kind === 'table' ? definition.target.key : ['content_hash'];
    await fixture.pool.query(`
      create table ${definition.target.schema}.${definition.target.table} (
        ${declared.join(', ')},
        created_at timestamptz default clock_timestamp(),
        updated_at timestamptz default clock_timestamp(),
        _run_id uuid default nullif(current_setting('tidemark.run_id', true), '')::uuid,
        _batch_id bigint default nullif(current_setting('tidemark.batch_id', true), '')::bigint,
        _asked_at timestamptz default to_timestamp(nullif(current_setting('tidemark.asked_at_us', true), '')::float8 / 1e6),
        primary key (${key.join(', ')}))`);
    await fixture.startRun();
    return fixture;
  }

  /** Ends the active run, if there is one, and starts another with so many active chunks. */
  async startRun(chunks = 1, straight = false): Promise<void> {
    await this.pool.query(`select tidemark.cancel_run(id, 'test') from tidemark.collector_runs`);
    this.runId = randomUUID();
    await this.pool.query(
      `insert into tidemark.collector_runs
              (id, collector_name, class, mode, status, triggered_by, revision, chunks_planned)
       values ($1, 'orders', 'live', 'full', 'running', 'test', '0123456789abcdef', $2)`,
      [this.runId, chunks],
    );
    await this.pool.query(
      `insert into tidemark.chunks (run_id, chunk_id, status, attempt, partition, task, straight)
       select $1, chunk, 'active', 1, '{}', '{}', $3 from generate_series(0, $2::integer - 1) as chunk`,
      [this.runId, chunks, straight],
    );
  }

  async recordPage(page: PageInput): Promise<void> {
    const seq = page.seq;
    await this.pool.query(
      `select tidemark.record_page($1, $2, 1, $3, $4, $5, $6, $7, '[]', null, null, 1)`,
      [
        this.runId,
        page.chunkId ?? 0,
        seq,
        digestOf(seq),
        page.parts ?? 1,
        page.last ? 'last' : 'page',
        page.last,
      ],
    );
  }

  headers(input: BatchInput): BatchHeaders {
    const seq = input.seq ?? 0;
    return {
      version: 1,
      runId: this.runId,
      chunkId: input.chunkId ?? 0,
      attempt: input.attempt ?? 1,
      seq,
      digest: input.digest ?? digestOf(seq),
      part: input.part ?? 0,
      parts: 1,
      outcome: input.outcome ?? 'page',
      askedAt: input.askedAt ?? '1700000000000000',
      revision: '0123456789abcdef',
      records: input.rows?.length ?? 0,
      rejected: input.rejects?.length ?? 0,
      contentType: 'text/plain',
      contentEncoding: 'identity',
    };
  }

  load(input: BatchInput): Promise<LoadResult> {
    return loadBatch(this.store, this.staging, {
      collector: 'orders',
      batch: this.headers(input),
      traceId: 'trace',
      content: {
        kind: 'records',
        plan: this.plan,
        text: copyOf(input.rows ?? []),
        rejects: input.rejects ?? [],
      },
    });
  }

  fail(input: BatchInput, reason: string): Promise<LoadResult> {
    return loadBatch(this.store, this.staging, {
      collector: 'orders',
      batch: this.headers({ ...input, outcome: 'failed' }),
      traceId: undefined,
      content: {
        kind: 'failure',
        failure: { kind: 'page', code: 'SOURCE_REJECTED', reason, payload: 'no\0pe' },
      },
    });
  }

  async rows<T extends pg.QueryResultRow>(sql: string, values: unknown[] = []): Promise<T[]> {
    return (await this.pool.query<T>(sql, values)).rows;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.store[Symbol.asyncDispose]();
    await this.database.drop();
  }
}

const rawTypes: Readonly<Record<string, string>> = {
  content_hash: 'text',
  reference_date: 'date',
  payload: 'jsonb',
  _children: 'text',
};

export function digestOf(seq: number): string {
  return seq.toString(16).padStart(16, '0');
}

export function copyOf(rows: readonly Row[]): Buffer {
  const nil = String.raw`\N`;
  const line = ({ id, version, note }: Row): string =>
    `${id}\t${version === null ? nil : (version ?? 1)}\t${note ?? nil}\n`;
  return Buffer.from(rows.map(line).join(''));
}

/** The counts of a batch that was loaded. */
export function countsOf(result: LoadResult): string {
  if (result.verdict !== 'loaded') return result.verdict;
  const { inserted, updated, unchanged, stale, rejected } = result.counts;
  return `${inserted}/${updated}/${unchanged}/${stale}/${rejected}`;
}
