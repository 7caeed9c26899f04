import { randomUUID } from 'node:crypto';
import {
  connectBus,
  provision,
  provisionCollector,
  publishTask,
  putDefinition,
  type Bus,
} from '@tidemark/bus';
import { revisionOf, spacingOf } from '@tidemark/collector-sdk';
import { defineCollector } from '@tidemark/collector-sdk/define';
import type { Definition } from '@tidemark/collector-sdk';
import type { PageTask, RunClass } from '@tidemark/contracts';
import { startService } from '@tidemark/local';
import { createLogger } from '@tidemark/runtime';
import { setRateLimit } from '@tidemark/store';
import { migrate } from '@tidemark/store/migrate';
import pg from 'pg';
import { root, startServers } from '../start-servers.ts';

const ACK_WAIT_MS = 30_000;

/** Extractors as processes, and what they need; nothing consumes what they publish. */
export interface RateStack extends AsyncDisposable {
  /** Starts a run of so many chunks, each a chain of so many pages. */
  startRun(runClass: RunClass, chunks: number, pages: number): Promise<Run>;
}

export interface Run {
  readonly runId: string;
  /** Publishes the task of one more chunk of a single page; the path of its request. */
  addPage(): Promise<string>;
  cancel(): Promise<void>;
}

export interface RateStackOptions {
  readonly sourceUrl: string;
  /** Lanes of each extractor. */
  readonly lanes: readonly number[];
  readonly rate: NonNullable<Parameters<typeof defineCollector>[0]['source']['rate']>;
  readonly log: (line: string) => void;
}

/** Starts servers and extractors; resolves when all of them are ready. */
export async function startRateStack(options: RateStackOptions): Promise<RateStack> {
  const { log } = options;
  await using opened = new AsyncDisposableStack();
  const { postgres, nats } = opened.use(await startServers(log));
  await migrate(postgres.url);
  const pool = new pg.Pool({ connectionString: postgres.url, max: 2 });
  opened.defer(() => pool.end());
  const logger = createLogger('bench');
  const bus = opened.use(await connectBus({ url: nats.url, name: 'bench', logger }));
  await provision(bus, { maxBytes: 64 * 1024 * 1024, replicas: 1, ackWaitMs: ACK_WAIT_MS });
  const definition = await register(pool, bus, options);
  await Promise.all(
    options.lanes.map(async (lanes) => {
      const service = await startService({
        name: 'extractor',
        root,
        env: {
          DATABASE_URL: postgres.url,
          NATS_URL: nats.url,
          TIDEMARK_LANES: String(lanes),
          OTEL_SDK_DISABLED: 'true',
        },
        onLine: (line) => void (/"level":"(error|fatal)"/.test(line) && log(line)),
      });
      opened.defer(async () => void (await service.stop(20_000)));
      await service.ready;
    }),
  );
  const open = opened.move();
  return {
    startRun: (runClass, chunks, pages) =>
      startRun(pool, bus, definition, { runClass, chunks, pages }),
    [Symbol.asyncDispose]: () => open.disposeAsync(),
  };
}

async function register(pool: pg.Pool, bus: Bus, options: RateStackOptions): Promise<Definition> {
  const definition = defineCollector({
    name: 'paced',
    source: { name: 'paced', baseUrl: options.sourceUrl, rate: options.rate, retryDelay: '200ms' },
    partitions: [{ place: '', pages: 1 }],
    request: { path: '/{place}/{pages}', records: 'data' },
    paginate: { kind: 'page', totalPages: 'pages' },
    incremental: { kind: 'full' },
    limits: { concurrency: 20 },
    target: { kind: 'table', table: 'paced', key: ['id'], fields: { id: { type: 'text' } } },
  });
  const { name, limits } = definition;
  const spacing = spacingOf(definition.source.rate ?? { burst: 1, reserve: 0 });
  const reserve = definition.source.rate?.reserve ?? 0;
  const declared = spacing && { ...spacing, reserve };
  await setRateLimit(pool, { source: name, collectorName: name, declared });
  await putDefinition(bus, name, revisionOf(definition), JSON.stringify(definition));
  const { concurrency } = limits;
  await provisionCollector(bus, name, { concurrency, ackWaitMs: ACK_WAIT_MS });
  return definition;
}

interface RunSize {
  readonly runClass: RunClass;
  readonly chunks: number;
  readonly pages: number;
}

async function startRun(
  pool: pg.Pool,
  bus: Bus,
  definition: Definition,
  { runClass, chunks, pages }: RunSize,
): Promise<Run> {
  const runId = randomUUID();
  let chunkCount = 0;
  const addChunk = async (pagesOfChunk: number): Promise<string> => {
    const chunkId = (chunkCount += 1);
    const place = `${runClass}-${runId.slice(0, 8)}-${chunkId}`;
    const task: PageTask = {
      v: 1,
      runId,
      chunkId,
      attempt: 1,
      collector: definition.name,
      runClass,
      revision: revisionOf(definition),
      partition: { place, pages: pagesOfChunk },
      cursor: null,
      items: [],
      signal: null,
      plannedAt: String(Date.now() * 1_000),
      page: { seq: 0, place: {}, windows: [], bound: null, stride: null },
    };
    await pool.query(
      `insert into tidemark.chunks (run_id, chunk_id, status, attempt, partition, task)
       values ($1, $2, 'active', 1, '{}', '{}')`,
      [runId, chunkId],
    );
    await publishTask(bus, task, AbortSignal.timeout(10_000));
    return `/${place}/${pagesOfChunk}`;
  };
  await pool.query(
    `insert into tidemark.collector_runs (id, collector_name, class, mode, status, triggered_by, revision)
     values ($1, $2, $3, 'full', 'running', 'bench', $4)`,
    [runId, definition.name, runClass, revisionOf(definition)],
  );
  for (let i = 0; i < chunks; i += 1) await addChunk(pages);
  const cancel = async (): Promise<void> => {
    await pool.query(
      `update tidemark.collector_runs set status = 'cancelled', completed_at = clock_timestamp() where id = $1`,
      [runId],
    );
  };
  return { runId, addPage: () => addChunk(1), cancel };
}
