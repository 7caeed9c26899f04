import { join } from 'node:path';
import { type RunningService, type ServiceName, serviceNames, startService } from '@tidemark/local';
import { TerminalError } from '@tidemark/runtime';
import { ServiceLog } from './service-log.ts';
import type { StackFileWriter } from './stack-file-writer.ts';
import type { StackOptions } from './start-stack.ts';
import { orStop } from './stop-signal.ts';

/** Longer than the services take for their own stop. */
const STOP_DEADLINE_MS = 30_000;

/** Starts the four services; the watermark service goes first, since it makes tables and streams. */
export async function startServices(
  options: StackOptions,
  file: StackFileWriter,
  stack: AsyncDisposableStack,
): Promise<{ readonly failed: Promise<never> }> {
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const [first, ...others] = serviceNames;
  const start = async (name: ServiceName): Promise<RunningService> => {
    const log = new ServiceLog(join(options.folder, 'logs'), name, options.log);
    stack.defer(async () => log.close());
    const service = await startOne(name, options, file, log);
    let isStopping = false;
    stack.defer(async () => {
      isStopping = true;
      await service.stop(STOP_DEADLINE_MS);
    });
    void service.exited.then(({ code, signal }) => {
      if (!isStopping) failed.reject(endedError(name, signal ?? `exit code ${code}`, log.file));
    });
    return service;
  };
  const watermark = await start(first);
  await note(watermark, options.signal, file);
  const rest = await Promise.all(others.map(start));
  await Promise.all(rest.map(async (service) => note(service, options.signal, file)));
  options.log(
    `The services ${serviceNames.join(', ')} run; their logs are in ${join(options.folder, 'logs')}.`,
  );
  return { failed: failed.promise };
}

async function startOne(
  name: ServiceName,
  options: StackOptions,
  file: StackFileWriter,
  log: ServiceLog,
): Promise<RunningService> {
  const env = serviceEnv(name, options.serviceEnv);
  const service = await startService({
    name,
    root: options.root,
    env: { ...env, DATABASE_URL: file.databaseUrl, NATS_URL: file.natsUrl },
    onLine: log.onLine,
  });
  file.add(name, service.pid);
  return service;
}

async function note(
  service: RunningService,
  signal: AbortSignal,
  file: StackFileWriter,
): Promise<void> {
  file.addresses[service.name] = await orStop(signal, service.ready);
  file.write();
}

/** Settings of ours and of OpenTelemetry; secrets of sources are for the extractor alone, which calls them. */
export function serviceEnv(
  name: ServiceName,
  env: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const pairs = Object.entries(env).filter(([key]) => {
    if (key.startsWith('TIDEMARK_SECRET_')) return name === 'extractor';
    return key.startsWith('TIDEMARK_') || (key.startsWith('OTEL_') && key !== 'OTEL_SERVICE_NAME');
  });
  return Object.fromEntries(
    pairs.flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}

function endedError(name: string, how: string, logFile: string): TerminalError {
  return new TerminalError(
    'SERVERS_MISSING',
    `The ${name} service ended (${how}), and so everything is stopped; ${logFile} tells why.`,
  );
}
