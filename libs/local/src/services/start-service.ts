import { join } from 'node:path';
import { TerminalError } from '@tidemark/runtime';
import { startProcess, type RunningProcess } from '../processes/start-process.ts';

export const serviceNames = ['watermark', 'extractor', 'transformer', 'loader'] as const;
export type ServiceName = (typeof serviceNames)[number];

export interface ServiceOptions {
  readonly name: ServiceName;
  /** The root of the project. */
  readonly root: string;
  /** The settings of the service; nothing of our own environment is passed on but PATH and HOME. */
  readonly env: Readonly<Record<string, string>>;
  /** Options for Node beside and instead of the usual ones. */
  readonly nodeOptions?: readonly string[];
  readonly onLine: (line: string, stream: 'stdout' | 'stderr') => void;
}

export interface RunningService extends RunningProcess {
  /** The address of /healthz, /readyz and /metrics, once the service says that it is ready; rejects if it ends before. */
  readonly ready: Promise<string>;
}

/** Memory settings that keep a service small: measured, see bench/README.md. */
export const serviceNodeOptions = [
  '--max-old-space-size=192',
  '--max-semi-space-size=4',
  // Else V8 collects the whole heap after each fifth of its size, and what buffers take counts for it.
  '--heap-growing-percent=100',
] as const;

/** Starts one service the way its image does: its own folder, telemetry first, TypeScript as it is written. */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const ready = Promise.withResolvers<string>();
  // Whoever waits for it gets the error; nobody has to.
  ready.promise.catch(() => undefined);
  const child = await startProcess({
    name: options.name,
    command: process.execPath,
    args: [
      ...serviceNodeOptions,
      ...(options.nodeOptions ?? []),
      '--import',
      '@tidemark/telemetry/register',
      'src/main.ts',
    ],
    cwd: join(options.root, 'services', options.name),
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      // As in the image: it spares the start its parser, and what that keeps in memory.
      NODE_COMPILE_CACHE: join(options.root, '.tidemark', 'compile-cache'),
      OTEL_SERVICE_NAME: `tidemark-${options.name}`,
      ...options.env,
    },
    onLine: (line, stream) => {
      const address = readReadyLine(line);
      if (address !== undefined) ready.resolve(address);
      options.onLine(line, stream);
    },
  });
  void child.exited.then(({ code, signal }) =>
    ready.reject(
      new TerminalError(
        'SERVERS_MISSING',
        `The ${options.name} service ended (${signal ?? `exit code ${code}`}) before it was ready; its log says why.`,
      ),
    ),
  );
  return { ...child, ready: ready.promise };
}

/** The address in a service's "ready" line; undefined for any other line. */
export function readReadyLine(line: string): string | undefined {
  if (!line.startsWith('{') || !line.includes('"ready"')) return undefined;
  try {
    const said: unknown = JSON.parse(line);
    const isReady = typeof said === 'object' && said !== null && 'msg' in said && 'http' in said;
    return isReady && said.msg === 'ready' && typeof said.http === 'string' ? said.http : undefined;
  } catch {
    return undefined;
  }
}
