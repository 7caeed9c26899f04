import { randomUUID } from 'node:crypto';
import {
  connectBus,
  decodeBody,
  provision,
  provisionCollector,
  publishTask,
  putDefinition,
  type Bus,
} from '@tidemark/bus';
import { revisionOf } from '@tidemark/collector-sdk';
import { defineCollector } from '@tidemark/collector-sdk/define';
import type { Definition, DefinitionInput } from '@tidemark/collector-sdk';
import {
  Failure,
  readBatchHeaders,
  type BatchHeaders,
  type PageTask,
  type Reject,
} from '@tidemark/contracts';
import { createLogger, type Service } from '@tidemark/runtime';
import { freshDatabase, freshNats, waitFor } from '@tidemark/testkit';
import type pg from 'pg';
import { readConfig } from '../src/config.ts';
import { startExtractor } from '../src/service.ts';

/** A raw batch as it was found in its stream. */
export interface RawBatch {
  readonly headers: BatchHeaders;
  readonly records: readonly Record<string, unknown>[];
  readonly text: string;
  readonly rejects: readonly Reject[];
  readonly failure: Failure | undefined;
}

export interface PageRow {
  readonly seq: number;
  readonly digest: string;
  readonly parts: number;
  readonly outcome: string;
  readonly last: boolean;
  readonly bound: string | null;
  readonly signal: string | null;
}

/** An extractor with a PostgreSQL and a NATS of its own, and everything that it publishes. */
export interface World extends AsyncDisposable {
  readonly bus: Bus;
  readonly pool: pg.Pool;
  readonly service: Service;
  readonly natsUrl: string;
  readonly databaseUrl: string;
  add(input: DefinitionInput): Promise<Definition>;
  /** Inserts a run with one chunk and publishes its first task; answers the run's id. */
  run(definition: Definition, changes?: Partial<PageTask>): Promise<string>;
  batches(runId: string): RawBatch[];
  /** The batches of a run, once its last page or its failure is among them. */
  finished(runId: string): Promise<RawBatch[]>;
  pages(runId: string): Promise<PageRow[]>;
}

export async function startWorld(env: Readonly<Record<string, string>> = {}): Promise<World> {
  await using opening = new AsyncDisposableStack();
  const nats = await freshNats();
  opening.defer(async () => nats.stop());
  const database = opening.use(await freshDatabase());
  const bus = opening.use(
    await connectBus({ url: nats.url, name: 'test', logger: createLogger('test') }),
  );
  await provision(bus, { maxBytes: 64 * 1024 * 1024, replicas: 1, ackWaitMs: 2_000 });
  const pool = database.pool({ max: 2 });
  const batches: RawBatch[] = [];
  const stop = new AbortController();
  const collecting = collect(bus, batches, stop.signal);
  opening.defer(async () => {
    stop.abort();
    await collecting;
  });
  const service = opening.use(
    await startExtractor(
      readConfig({
        DATABASE_URL: database.url,
        NATS_URL: nats.url,
        TIDEMARK_ACK_WAIT_MS: '2000',
        TIDEMARK_DISCOVERY_MS: '100',
        ...env,
      }),
    ),
  );
  const open = opening.move();
  const ofRun = (runId: string): RawBatch[] => batches.filter((b) => b.headers.runId === runId);
  return {
    bus,
    pool,
    service,
    natsUrl: nats.url,
    databaseUrl: database.url,
    add: async (input) => addCollector(bus, input),
    run: async (definition, changes) => startRun(bus, pool, definition, changes ?? {}),
    batches: ofRun,
    finished: async (runId) => {
      const ends = ['last', 'unchanged', 'failed'];
      const isEnd = (b: RawBatch): boolean => ends.includes(b.headers.outcome);
      await waitFor(() => ofRun(runId).some(isEnd), { what: `the end of run ${runId}` });
      return ofRun(runId);
    },
    pages: async (runId) => readPages(pool, runId),
    [Symbol.asyncDispose]: async () => open.disposeAsync(),
  };
}

async function addCollector(bus: Bus, input: DefinitionInput): Promise<Definition> {
  const definition = defineCollector(input);
  await putDefinition(bus, definition.name, revisionOf(definition), JSON.stringify(definition));
  await provisionCollector(bus, definition.name, {
    concurrency: definition.limits.concurrency,
    ackWaitMs: 2_000,
  });
  return definition;
}

async function startRun(
  bus: Bus,
  pool: pg.Pool,
  definition: Definition,
  changes: Partial<PageTask>,
): Promise<string> {
  const task: PageTask = {
    v: 1,
    runId: randomUUID(),
    chunkId: 0,
    attempt: 1,
    collector: definition.name,
    runClass: 'live',
    revision: revisionOf(definition),
    partition: {},
    cursor: null,
    items: [],
    signal: null,
    plannedAt: '1700000000000000',
    page: { seq: 0, place: {}, windows: [], bound: null, stride: null },
    ...changes,
  };
  await pool.query(
    `insert into tidemark.collector_runs (id, collector_name, class, mode, status, triggered_by, revision)
     values ($1, $2, $3, 'incremental', 'running', 'test', $4)`,
    [task.runId, task.collector, task.runClass, task.revision],
  );
  await pool.query(
    `insert into tidemark.chunks (run_id, chunk_id, status, attempt, partition, task, cursor_from, cursor_to, items)
     values ($1, $2, 'active', $3, '{}', $4, $5, $6, $7)`,
    [task.runId, task.chunkId, task.attempt, task, task.cursor?.from, task.cursor?.to, task.items],
  );
  await publishTask(bus, task, AbortSignal.timeout(5_000));
  return task.runId;
}

async function readPages(pool: pg.Pool, runId: string): Promise<PageRow[]> {
  const { rows } = await pool.query<PageRow>(
    `select seq, digest, parts, outcome, last, bound, signal
       from tidemark.pages where run_id = $1 order by seq`,
    [runId],
  );
  return rows;
}

async function collect(bus: Bus, batches: RawBatch[], signal: AbortSignal): Promise<void> {
  const consumer = await bus.js.consumers.get('RAW_LIVE', 'transform');
  while (!signal.aborted) {
    const messages = await consumer.fetch({ max_messages: 100, expires: 1_000 });
    try {
      for await (const message of messages) {
        batches.push(readRaw((name) => message.headers?.get(name), message.data));
        message.ack();
      }
    } catch (error) {
      // On a machine that is busy for a second the server says nothing in time; the next pull goes on.
      if (!(error instanceof Error && error.message === 'heartbeats missed')) throw error;
    }
  }
}

function readRaw(get: (name: string) => string | undefined, data: Uint8Array): RawBatch {
  const headers = readBatchHeaders(get);
  if (!headers.success) throw headers.error;
  const body = decodeBody(headers.data.contentEncoding, data, 1_048_576);
  if (headers.data.outcome === 'failed') {
    const failure = Failure.parse(JSON.parse(body.toString()));
    return { headers: headers.data, records: [], text: '', rejects: [], failure };
  }
  const [recordBytes = 0, rejectBytes = 0] = headers.data.sections ?? [];
  const text = body.toString('utf8', 0, recordBytes);
  return {
    headers: headers.data,
    records: JSON.parse(text) as Record<string, unknown>[],
    text,
    rejects:
      rejectBytes === 0
        ? []
        : (JSON.parse(body.toString('utf8', recordBytes, recordBytes + rejectBytes)) as Reject[]),
    failure: undefined,
  };
}
