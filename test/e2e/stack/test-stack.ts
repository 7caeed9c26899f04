import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService, type RunningService, type ServiceName } from '@tidemark/local';
import {
  freshDatabase,
  freshNats,
  freshPostgres,
  startRelay,
  waitFor,
  type NatsServer,
  type PostgresServer,
  type Relay,
} from '@tidemark/testkit';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import { connect, errors, type NatsConnection } from '@nats-io/transport-node';
import pg from 'pg';
import { guardServers, type GuardedServers, type GuardOptions } from './guarded-servers.ts';

const root = join(import.meta.dirname, '..', '..', '..');

/** To run every test with a user for each service. */
const guardOfAll = process.env['TIDEMARK_TEST_GUARDED'] === 'true' ? {} : undefined;

/** Time-outs short enough that what a fault holds back comes again within seconds. */
const shortTimes = {
  TIDEMARK_ACK_WAIT_MS: '2000',
  TIDEMARK_SWEEP_MS: '500',
  TIDEMARK_LOST_AFTER_MS: '4000',
  TIDEMARK_LOG_LEVEL: 'info',
};

export interface TestStackOptions {
  /** YAML definitions by file name. */
  readonly definitions: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
  /** Settings of one service only, such as the secrets of sources. */
  readonly envOf?: Readonly<Partial<Record<ServiceName, Readonly<Record<string, string>>>>>;
  /** A PostgreSQL of its own, for tests that stop or kill it. */
  readonly ownPostgres?: boolean;
  /** Servers that know each service by a user of its own; includes a PostgreSQL of its own. */
  readonly guard?: GuardOptions;
  readonly services?: readonly Instance[];
}

/** A replica of a service, named in tests and logs. */
export interface Instance {
  readonly id: string;
  readonly service: ServiceName;
}

export const oneOfEach: readonly Instance[] = [
  { id: 'watermark', service: 'watermark' },
  { id: 'extractor', service: 'extractor' },
  { id: 'transformer', service: 'transformer' },
  { id: 'loader', service: 'loader' },
];

/** The ways of one replica to its servers; faults are put here, never into the product. */
export interface Lines {
  readonly nats: Relay;
  readonly database: Relay;
}

export interface RunRow {
  readonly id: string;
  readonly status: string;
  readonly mode: string;
  readonly error_message: string | null;
  readonly trace_id: string | null;
  readonly pages_read: number;
  readonly records_processed: number;
  readonly records_inserted: number;
  readonly records_updated: number;
  readonly records_unchanged: number;
  readonly records_stale: number;
  readonly records_rejected: number;
  readonly records_refetched: number;
}

/** The whole product as processes on loopback, each replica behind relays of its own. */
export class TestStack implements AsyncDisposable {
  readonly pool: pg.Pool;
  readonly nats: NatsServer;
  readonly postgres: PostgresServer | undefined;
  readonly databaseUrl: string;
  readonly guarded: GuardedServers | undefined;
  readonly #options: TestStackOptions;
  readonly #folder: string;
  readonly #owned: AsyncDisposableStack;
  readonly #running = new Map<string, RunningService>();
  readonly #lines = new Map<string, Lines>();
  readonly #logs = new Map<string, string[]>();
  readonly #connection: NatsConnection;

  constructor(parts: {
    options: TestStackOptions;
    owned: AsyncDisposableStack;
    folder: string;
    nats: NatsServer;
    postgres: PostgresServer | undefined;
    databaseUrl: string;
    guarded: GuardedServers | undefined;
    connection: NatsConnection;
  }) {
    this.#options = parts.options;
    this.#owned = parts.owned;
    this.#folder = parts.folder;
    this.nats = parts.nats;
    this.postgres = parts.postgres;
    this.databaseUrl = parts.databaseUrl;
    this.guarded = parts.guarded;
    this.#connection = parts.connection;
    this.pool = new pg.Pool({ connectionString: parts.databaseUrl, max: 4 });
    this.pool.on('error', () => undefined);
  }

  /** Starts a replica, or starts it again after a kill, and waits until it says that it is ready. */
  async start(instance: Instance): Promise<void> {
    const lines = await this.#linesOf(instance.id);
    const log = this.#logs.get(instance.id) ?? [];
    this.#logs.set(instance.id, log);
    const service = await startService({
      name: instance.service,
      root,
      env: {
        ...shortTimes,
        OTEL_SDK_DISABLED: 'true',
        ...this.#addressesOf(instance.service, lines),
        TIDEMARK_COLLECTORS_DIR: this.#folder,
        ...this.#options.env,
        ...this.#options.envOf?.[instance.service],
      },
      onLine: (line) => void log.push(line),
    });
    this.#running.set(instance.id, service);
    await service.ready.catch((error: unknown) => {
      throw new Error(`${instance.id} did not start:\n${log.slice(-20).join('\n')}`, {
        cause: error,
      });
    });
  }

  async startAll(
    instances: readonly Instance[] = this.#options.services ?? oneOfEach,
  ): Promise<void> {
    await Promise.all(instances.map((instance) => this.start(instance)));
  }

  /** Ends a replica as a crash does, and lets what was held on its lines go nowhere. */
  async kill(id: string): Promise<void> {
    const service = this.#running.get(id);
    if (!service) throw new Error(`${id} is not running`);
    service.kill('SIGKILL');
    await service.exited;
    this.#running.delete(id);
    const lines = await this.#linesOf(id);
    for (const line of [lines.nats, lines.database]) {
      line.cut();
      line.release();
    }
  }

  /** Stops a replica as a rollout does; answers its exit code. */
  async stop(id: string): Promise<number | null> {
    const service = this.#running.get(id);
    if (!service) throw new Error(`${id} is not running`);
    const { code } = await service.stop(30_000);
    this.#running.delete(id);
    return code;
  }

  /** The process of a replica, to be frozen, woken up or looked at. */
  pid(id: string): number {
    const service = this.#running.get(id);
    if (!service) throw new Error(`${id} is not running`);
    return service.pid;
  }

  lines(id: string): Lines {
    const lines = this.#lines.get(id);
    if (!lines) throw new Error(`${id} was never started`);
    return lines;
  }

  /** Where a replica answers /healthz, /readyz and /metrics. */
  async httpUrl(id: string): Promise<string> {
    const service = this.#running.get(id);
    if (!service) throw new Error(`${id} is not running`);
    return service.ready;
  }

  logs(id: string): readonly string[] {
    return this.#logs.get(id) ?? [];
  }

  /** Writes a definition; the watermark service notices by itself. */
  async define(file: string, yaml: string): Promise<void> {
    await writeFile(join(this.#folder, file), yaml);
  }

  /** Publishes a command the way `nats pub` does, but waits until the stream has it. */
  async command(subject: string, payload: unknown = {}): Promise<void> {
    const text = typeof payload === 'string' ? payload : JSON.stringify(payload);
    const settings = { msgID: crypto.randomUUID(), timeout: 1_000 };
    const publish = async (): Promise<boolean> => {
      try {
        await jetstream(this.#connection).publish(subject, text, settings);
        return true;
      } catch (error) {
        if (error instanceof errors.TimeoutError) return false;
        throw error;
      }
    };
    // A server that was restarted just now is met again a little later.
    await waitFor(publish, { what: `${subject} to be stored` });
  }

  /** Starts a run under an id of its own and does not wait for it. */
  async startRun(collector: string, payload: Record<string, unknown> = {}): Promise<string> {
    const runId = crypto.randomUUID();
    await this.command(`tidemark.command.run.${collector}`, { ...payload, runId });
    return runId;
  }

  /** Waits until a run has ended. */
  async ended(runId: string, timeoutMs = 60_000): Promise<RunRow> {
    return waitFor(() => this.findRun(runId, 'completed_at is not null'), {
      what: `run ${runId} to end`,
      timeoutMs,
    }).catch(async (error: unknown) => {
      throw new Error(`${String(error)}\n${await this.describe(runId)}`, { cause: error });
    });
  }

  async run(collector: string, payload: Record<string, unknown> = {}): Promise<RunRow> {
    return this.ended(await this.startRun(collector, payload));
  }

  async findRun(runId: string, condition = 'true'): Promise<RunRow | undefined> {
    const { rows } = await this.pool.query<RunRow>(
      `select id, status, mode, error_message, trace_id, pages_read::int, records_processed::int, records_inserted::int,
              records_updated::int, records_unchanged::int, records_stale::int, records_rejected::int,
              records_refetched::int
         from tidemark.collector_runs where id = $1 and ${condition}`,
      [runId],
    );
    return rows[0];
  }

  /** Messages that are still in a stream of work. */
  async messagesIn(stream: string): Promise<number> {
    const manager = await jetstreamManager(this.#connection);
    return (await manager.streams.info(stream)).state.messages;
  }

  /** Bytes that a stream of work holds. */
  async bytesIn(stream: string): Promise<number> {
    const manager = await jetstreamManager(this.#connection);
    return (await manager.streams.info(stream)).state.bytes;
  }

  /** Removes what a stream holds, as somebody would by hand. */
  async purge(stream: string): Promise<void> {
    const manager = await jetstreamManager(this.#connection);
    await manager.streams.purge(stream);
  }

  /** What a person would look at when a run does not end as expected. */
  async describe(runId: string): Promise<string> {
    const run = await this.findRun(runId);
    const chunks = await this.pool.query(
      `select chunk_id, status, attempt, pages_read, parts_recorded, batches_loaded, error_message
         from tidemark.chunks where run_id = $1 order by chunk_id`,
      [runId],
    );
    const logs = [...this.#logs].map(([id, lines]) => `--- ${id}\n${lines.slice(-15).join('\n')}`);
    return [JSON.stringify(run), JSON.stringify(chunks.rows), ...logs].join('\n');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const service of this.#running.values()) service.kill('SIGKILL');
    await Promise.all([...this.#running.values()].map((service) => service.exited));
    for (const { nats, database } of this.#lines.values()) {
      await nats.stop();
      await database.stop();
    }
    await this.pool.end();
    await this.#owned.disposeAsync();
  }

  #addressesOf(service: ServiceName, lines: Lines): Record<string, string> {
    const addresses = this.guarded?.addressesOf(service, lines.nats.port) ?? {
      NATS_URL: `nats://127.0.0.1:${lines.nats.port}`,
      DATABASE_URL: this.databaseUrl,
    };
    const { DATABASE_URL: database } = addresses;
    return {
      ...addresses,
      ...(database !== undefined && { DATABASE_URL: through(database, lines.database) }),
    };
  }

  async #linesOf(id: string): Promise<Lines> {
    const known = this.#lines.get(id);
    if (known) return known;
    const lines = {
      nats: await startRelay(addressOf(this.nats.url)),
      database: await startRelay(addressOf(this.databaseUrl)),
    };
    this.#lines.set(id, lines);
    return lines;
  }
}

/** Starts servers and relays, and all services unless told which. */
export async function startTestStack(options: TestStackOptions): Promise<TestStack> {
  await using owned = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'tidemark-e2e-'));
  owned.defer(() => rm(folder, { recursive: true, force: true }));
  for (const [file, yaml] of Object.entries(options.definitions)) {
    await writeFile(join(folder, file), yaml);
  }
  const guard = options.guard ?? guardOfAll;
  const database = await openDatabase({ ...options, ...(guard && { guard }) }, owned);
  const guarded = guard && (await guardServers(database.databaseUrl, guard));
  const nats = guarded?.nats.server ?? (await freshNats());
  owned.defer(() => nats.stop());
  const connection = await connect({
    servers: nats.url,
    maxReconnectAttempts: -1,
    ...(guarded && {
      user: 'watermark',
      pass: guarded.nats.passwordOf('watermark'),
      inboxPrefix: '_INBOX.watermark',
    }),
  });
  owned.defer(() => connection.close());
  const stack = new TestStack({
    options,
    owned: owned.move(),
    folder,
    nats,
    connection,
    guarded,
    ...database,
  });
  try {
    await stack.startAll();
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
  return stack;
}

async function openDatabase(
  options: TestStackOptions,
  owned: AsyncDisposableStack,
): Promise<{ databaseUrl: string; postgres: PostgresServer | undefined }> {
  if (options.ownPostgres || options.guard) {
    const postgres = await freshPostgres();
    owned.defer(() => postgres.stop());
    return { databaseUrl: postgres.url, postgres };
  }
  const database = await freshDatabase();
  owned.defer(() => database.drop());
  return { databaseUrl: database.url, postgres: undefined };
}

function addressOf(url: string): { targetHost: string; targetPort: number } {
  const { hostname, port } = new URL(url);
  return { targetHost: hostname, targetPort: Number(port) };
}

function through(databaseUrl: string, relay: Relay): string {
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(relay.port);
  return url.href;
}
