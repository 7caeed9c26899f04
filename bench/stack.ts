import { createServer } from 'node:http';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import {
  freePort,
  readLoudLine,
  serviceNames,
  startProcess,
  startService,
  type NatsServer,
  type PostgresServer,
  type RunningProcess,
  type RunningService,
  type ServiceName,
} from '@tidemark/local';
import { root, startServers } from './start-servers.ts';

/** Everything the bench runs on: servers with their own defaults, the source and the four services as processes. */
export interface BenchStack extends AsyncDisposable {
  readonly postgres: PostgresServer;
  readonly nats: NatsServer;
  readonly services: readonly RunningService[];
  readonly source: RunningProcess;
  readonly spansReceived: () => number;
  /** Starts one more replica of a service, which ends with the stack; resolves when it is ready. */
  readonly startService: (
    name: ServiceName,
    settings?: Readonly<Record<string, string>>,
  ) => Promise<RunningService>;
}

export interface BenchOptions {
  readonly records: number;
  readonly recordsPerPage: number;
  /** How long the source waits before each answer. */
  readonly latencyMs: number;
  /** The collectors, as YAML by their names, once the source's address is known. */
  readonly collectors: (sourceUrl: string) => Readonly<Record<string, string>>;
  /** The services that are started at once, each once. */
  readonly services?: readonly ServiceName[];
  /** Settings of all services, beside and instead of the usual ones. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly log: (line: string) => void;
  /** Services write CPU profiles into it when they end. */
  readonly profileFolder: string | undefined;
  /** Options for the Node of each service, beside and instead of the usual ones. */
  readonly nodeOptions: readonly string[];
}

/** Starts the stack in a new folder; the source has rendered its pages before this resolves. */
export async function startBenchStack(options: BenchOptions): Promise<BenchStack> {
  const { log, profileFolder, nodeOptions } = options;
  await using opened = new AsyncDisposableStack();
  const { folder, postgres, nats } = opened.use(await startServers(log));

  const { source, url } = await startSource(folder, options);
  opened.defer(async () => void (await source.stop(5_000)));
  const definitions = join(folder, 'collectors');
  await mkdir(definitions);
  for (const [name, yaml] of Object.entries(options.collectors(url))) {
    await writeFile(join(definitions, `${name}.yaml`), yaml);
  }

  const receiver = await startReceiver();
  opened.use(receiver);
  const env = {
    DATABASE_URL: postgres.url,
    NATS_URL: nats.url,
    TIDEMARK_COLLECTORS_DIR: definitions,
    OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
    ...options.settings,
  };
  const stack = opened.use(new AsyncDisposableStack());
  const start = async (
    name: ServiceName,
    settings: Readonly<Record<string, string>> = {},
  ): Promise<RunningService> => {
    const service = await startService({
      name,
      root,
      nodeOptions,
      env: { ...env, ...(await profiling(name, profileFolder)), ...settings },
      onLine: (line) => warn(name, line, log),
    });
    stack.defer(async () => void (await service.stop(30_000)));
    await service.ready;
    return service;
  };
  const services = await Promise.all((options.services ?? serviceNames).map((name) => start(name)));
  const owned = opened.move();
  return {
    postgres,
    nats,
    services,
    source,
    spansReceived: () => receiver.requests(),
    startService: start,
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

/** Node's own profiler, one folder for each service. */
async function profiling(
  name: string,
  folder: string | undefined,
): Promise<Readonly<Record<string, string>>> {
  if (folder === undefined) return {};
  const own = join(resolve(folder), name);
  await mkdir(own, { recursive: true });
  return { NODE_OPTIONS: `--cpu-prof --cpu-prof-interval=500 --cpu-prof-dir=${own}` };
}

function warn(name: string, line: string, log: (line: string) => void): void {
  const loud = readLoudLine(line);
  if (loud !== undefined) log(`${name}: ${loud}`);
}

async function startSource(
  folder: string,
  { records, recordsPerPage, latencyMs }: BenchOptions,
): Promise<{ source: RunningProcess; url: string }> {
  const portFile = join(folder, 'source.json');
  const source = await startProcess({
    name: 'source',
    command: process.execPath,
    args: [
      'src/main.ts',
      `--port-file=${portFile}`,
      `--records=${records}`,
      `--records-per-page=${recordsPerPage}`,
      `--latency-ms=${latencyMs}`,
    ],
    cwd: join(root, 'simulators'),
    env: { PATH: process.env['PATH'] },
    onLine: () => undefined,
  });
  for (;;) {
    const text = await readFile(portFile, 'utf8').catch(() => undefined);
    if (text !== undefined) {
      const { recordsUrl } = JSON.parse(text) as { recordsUrl: string };
      return { source, url: recordsUrl };
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Takes in what telemetry exports, so that the services pay for all of it. */
async function startReceiver(): Promise<AsyncDisposable & { url: string; requests: () => number }> {
  let requests = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      requests += 1;
      response.writeHead(200, { 'content-type': 'application/x-protobuf' }).end();
    });
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
