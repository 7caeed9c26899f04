import { randomUUID } from 'node:crypto';
import { mkdtemp, rm, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectBus, publish, publishEvent, type Bus } from '@tidemark/bus';
import { commandSubject, type CommandVerb, type PageTask } from '@tidemark/contracts';
import { createLogger, type Service } from '@tidemark/runtime';
import {
  freshDatabase,
  freshNats,
  waitFor,
  type FreshDatabase,
  type NatsServer,
} from '@tidemark/testkit';
import type pg from 'pg';
import { readConfig } from '../src/config.ts';
import { startWatermark } from '../src/service.ts';

export interface AnswerRow {
  readonly id: string;
  readonly outcome: string;
  readonly reasons: string[];
  readonly run_id: string | null;
}

/** One database, one nats-server and a folder of definitions, with as many watermark services as a test starts. */
export class Harness implements AsyncDisposable {
  readonly database: FreshDatabase;
  readonly pool: pg.Pool;
  readonly bus: Bus;
  readonly folder: string;
  readonly nats: NatsServer;
  readonly #stack: AsyncDisposableStack;

  constructor(parts: {
    database: FreshDatabase;
    bus: Bus;
    folder: string;
    nats: NatsServer;
    stack: AsyncDisposableStack;
  }) {
    this.database = parts.database;
    this.pool = parts.database.pool();
    this.bus = parts.bus;
    this.folder = parts.folder;
    this.nats = parts.nats;
    this.#stack = parts.stack;
  }

  static async open(): Promise<Harness> {
    process.env['TIDEMARK_LOG_LEVEL'] ??= 'silent';
    const stack = new AsyncDisposableStack();
    const database = stack.use(await freshDatabase());
    const nats = await freshNats();
    stack.defer(() => nats.stop());
    const folder = await mkdtemp(join(tmpdir(), 'tidemark-collectors-'));
    stack.defer(() => rm(folder, { recursive: true }));
    const logger = createLogger('test');
    const bus = stack.use(await connectBus({ url: nats.url, name: 'test', logger }));
    return new Harness({ database, bus, folder, nats, stack });
  }

  async start(settings: Record<string, string> = {}): Promise<Service> {
    const config = readConfig({
      DATABASE_URL: this.database.url,
      NATS_URL: this.nats.url,
      TIDEMARK_COLLECTORS_DIR: this.folder,
      TIDEMARK_SWEEP_MS: '100',
      TIDEMARK_PROVISION_MS: '300',
      ...settings,
    });
    return this.#stack.use(await startWatermark(config, { definitions: [], functions: {} }));
  }

  async define(name: string, yaml: string): Promise<void> {
    const path = join(this.folder, `${name}.yaml`);
    // In one step, or a service could read half of it.
    await writeFile(`${path}.draft`, yaml);
    await rename(`${path}.draft`, path);
  }

  /** Publishes a command as `nats pub` does. */
  async command(
    verb: string,
    collector: string,
    payload: object | string = {},
    commandId?: string,
  ): Promise<void> {
    const subject = commandSubject(verb as CommandVerb, collector);
    const data = typeof payload === 'string' ? payload : JSON.stringify(payload);
    if (commandId === undefined) {
      await this.bus.js.publish(subject, data);
      return;
    }
    const headers: [string, string][] = [['Tidemark-Command', commandId]];
    const signal = AbortSignal.timeout(5_000);
    // A new message each time: what is tested is not the broker's memory.
    await publish(this.bus, {
      subject,
      data,
      headers,
      id: randomUUID(),
      stream: 'COMMANDS',
      signal,
    });
  }

  async answers(collector: string): Promise<AnswerRow[]> {
    const { rows } = await this.pool.query<AnswerRow>(
      'select id, outcome, reasons, run_id from tidemark.commands where collector_name = $1 order by received_at, id',
      [collector],
    );
    return rows;
  }

  /** The n-th answer, once it is there. */
  async answer(collector: string, place = 0): Promise<AnswerRow> {
    return waitFor(async () => (await this.answers(collector))[place], {
      what: `answer ${place} of ${collector}`,
    });
  }

  async runs(collector: string): Promise<{ id: string; status: string; mode: string }[]> {
    const { rows } = await this.pool.query(
      'select id, status, mode from tidemark.collector_runs where collector_name = $1 order by started_at, id',
      [collector],
    );
    return rows;
  }

  async chunks(run: string): Promise<{ chunk_id: number; status: string; attempt: number }[]> {
    const { rows } = await this.pool.query(
      'select chunk_id, status, attempt from tidemark.chunks where run_id = $1 order by chunk_id',
      [run],
    );
    return rows;
  }

  /** The page tasks that are in the stream, in their order. */
  async tasks(stream = 'EXTRACT_LIVE'): Promise<PageTask[]> {
    const { state } = await this.bus.jsm.streams.info(stream);
    const tasks: PageTask[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq && state.messages > 0; seq += 1) {
      const message = await this.bus.jsm.streams.getMessage(stream, { seq }).catch(() => null);
      if (message) tasks.push(message.json<PageTask>());
    }
    return tasks;
  }

  /** Does what extractor, transformer and loader would: the chunk ends, its task leaves the stream, an event says so. */
  async finishChunk(run: string, chunk: number, collector: string): Promise<void> {
    await this.pool.query(
      `insert into tidemark.pages (run_id, chunk_id, seq, digest, parts, outcome, last, next, bound, asked_at)
       values ($1, $2, 0, '0000000000000000', 1, 'last', true, '[]', 2000000000000000, clock_timestamp())
       on conflict do nothing`,
      [run, chunk],
    );
    const { rows } = await this.pool.query<{ status: string }>(
      `select tidemark.end_chunk($1, $2, 'done', null, null) as status`,
      [run, chunk],
    );
    const common = { v: 1, runId: run, collector };
    await publishEvent(this.bus, 'chunk', collector, { ...common, chunkId: chunk, status: 'done' });
    const status = rows[0]?.status;
    if (status !== 'running') {
      const ended = { ...common, runClass: 'live', status };
      await publishEvent(this.bus, 'run', collector, ended);
    }
  }

  async finishRun(run: string, collector: string): Promise<void> {
    for (const { chunk_id: chunk, status } of await this.chunks(run)) {
      if (status === 'waiting' || status === 'active')
        await this.finishChunk(run, chunk, collector);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stack.disposeAsync();
  }
}

/** A definition whose partitions are the chunks of its runs. */
export function yamlOf(name: string, extra = '', partitions = 1): string {
  const list = Array.from({ length: partitions }, (_, place) => `{ part: ${place} }`).join(', ');
  return `
name: ${name}
source: { name: ${name}-source, baseUrl: 'http://127.0.0.1:9', rate: { requests: 5, per: 1s } }
partitions: [${list}]
request: { path: '/things' }
incremental: { kind: full }
target:
  kind: table
  table: ${name.replaceAll('-', '_')}
  key: [id]
  fields: { id: { type: bigint }, name: { type: text } }
limits: { concurrency: 1 }
${extra}
`;
}
