import type { Addresses, Log } from '@tidemark/local';
import { cleanUpAfterCrash } from '@tidemark/local';
import { openDatabase } from './open-database.ts';
import { openNats } from './open-nats.ts';
import { StackFileWriter } from './stack-file-writer.ts';
import { startServices } from './start-services.ts';

export interface StackOptions {
  /** The root of the project. */
  readonly root: string;
  /** Where this stack keeps its data, logs and addresses. */
  readonly folder: string;
  /** Servers of the user's own that are to be used. */
  readonly given: Addresses;
  /** Ports 5432 and 4222 when nobody has them. */
  readonly usesUsualPorts: boolean;
  /** Name of a database that is made anew; the server's own database is used and kept without it. */
  readonly freshDatabase?: string;
  /** Whether streams begin and end with this stack. */
  readonly freshNats: boolean;
  /** Where settings of the services are taken from. */
  readonly serviceEnv: Readonly<Record<string, string | undefined>>;
  /** Starts what has to run before the services do, and gives further settings for them. */
  readonly prepare?: (companions: Companions) => Promise<Readonly<Record<string, string>>>;
  readonly signal: AbortSignal;
  readonly log: Log;
}

/** What is started for a stack beside its own servers and services. */
export interface Companions {
  /** Ends with the stack, after its services. */
  readonly owner: AsyncDisposableStack;
  /** Notes a process, so that a later start can end it should we be killed. */
  note(name: string, pid: number): void;
}

/** Servers and services that run until it is disposed. */
export interface RunningStack extends AsyncDisposable {
  readonly databaseUrl: string;
  readonly natsUrl: string;
  /** Rejects when a service ends by itself. */
  readonly failed: Promise<never>;
}

/** Starts PostgreSQL, NATS and the services, says each step in a line, and stops in reverse whatever it started. */
export async function startStack(options: StackOptions): Promise<RunningStack> {
  const ended = await cleanUpAfterCrash(options.folder);
  if (ended.length > 0)
    options.log(`Left over by an earlier start and ended now: ${ended.join(', ')}.`);
  await using started = new AsyncDisposableStack();
  const file = new StackFileWriter(options.folder);
  started.defer(() => file.remove());
  file.write();
  file.databaseUrl = await openDatabase(options, file, started);
  options.signal.throwIfAborted();
  file.natsUrl = await openNats(options, file, started);
  options.signal.throwIfAborted();
  const settings = await options.prepare?.({
    owner: started,
    note: (name, pid) => file.add(name, pid),
  });
  const serviceEnv = { ...options.serviceEnv, ...settings };
  const { failed } = await startServices({ ...options, serviceEnv }, file, started);
  const running = started.move();
  return {
    databaseUrl: file.databaseUrl,
    natsUrl: file.natsUrl,
    failed,
    [Symbol.asyncDispose]: async () => running.disposeAsync(),
  };
}
