import { TerminalError } from '@tidemark/runtime';
import { poll } from '../poll.ts';
import { startDaemon, type Daemon } from '../processes/daemon.ts';
import { forgetProcess, recordProcess } from '../stack/process-records.ts';
import { endStaleServer, killProcesses, readPostmasterFile } from './end-stale-server.ts';
import type { ServerUser } from './server-user.ts';
import type { PostgresServer } from './postgres-server.ts';

interface PostgresProcessOptions {
  readonly command: string;
  readonly dataFolder: string;
  readonly logFile: string;
  readonly recordFolder: string;
  readonly password: string;
  readonly user: ServerUser | undefined;
  readonly settings: Readonly<Record<string, string>>;
}

const START_DEADLINE_MS = 60_000;
const STOP_DEADLINE_MS = 10_000;

/** One server process after the other on the same data folder and, after the first start, the same port. */
export class PostgresProcess implements PostgresServer {
  readonly #options: PostgresProcessOptions;
  #daemon: Daemon | undefined;
  #port = 0;

  constructor(options: PostgresProcessOptions) {
    this.#options = options;
  }

  get url(): string {
    return this.urlOf('tidemark');
  }

  get port(): number {
    return this.#port;
  }

  get pid(): number {
    return this.#daemon?.pid ?? 0;
  }

  get dataFolder(): string {
    return this.#options.dataFolder;
  }

  get logFile(): string {
    return this.#options.logFile;
  }

  /** The address of one of its databases. */
  urlOf(database: string): string {
    return `postgres://tidemark:${this.#options.password}@127.0.0.1:${this.#port}/${database}`;
  }

  /** Starts on this port and resolves when it takes connections; false if it ended or did not get ready. */
  async tryStart(port: number): Promise<boolean> {
    const { command, dataFolder, logFile, recordFolder, user } = this.#options;
    const daemon = await startDaemon({
      command,
      args: ['-D', dataFolder, '-p', String(port), ...flags(this.#options.settings)],
      cwd: dataFolder,
      logFile,
      user,
      env: { ...process.env, LC_ALL: 'C', LC_MESSAGES: 'C' },
    });
    this.#port = port;
    this.#daemon = daemon;
    recordProcess(recordFolder, daemon.pid);
    const isReady = (): boolean => {
      const file = readPostmasterFile(dataFolder);
      return file?.pid === daemon.pid && file.isReady;
    };
    await poll(() => daemon.hasExited() || isReady(), START_DEADLINE_MS);
    if (!daemon.hasExited() && isReady()) return true;
    await this.#end(['SIGINT', 'SIGKILL']);
    return false;
  }

  async stop(): Promise<void> {
    await this.#end(['SIGINT', 'SIGQUIT', 'SIGKILL']);
  }

  async kill(): Promise<void> {
    await this.#end(['SIGKILL']);
    await killProcesses(this.#options.dataFolder);
  }

  async restart(): Promise<void> {
    await this.stop();
    await endStaleServer(this.#options.dataFolder);
    if (await this.tryStart(this.#port)) return;
    throw new TerminalError(
      'SERVERS_MISSING',
      `PostgreSQL did not start again on port ${this.#port}; its log tells why: ${this.logFile}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #end(signals: readonly NodeJS.Signals[]): Promise<void> {
    if (this.#daemon === undefined) return;
    await this.#daemon.end(signals, STOP_DEADLINE_MS);
    forgetProcess(this.#options.recordFolder, this.#daemon.pid);
  }
}

function flags(settings: Readonly<Record<string, string>>): string[] {
  // Sockets are off: their folder belongs to the system and may not be writable for the server's user.
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    lc_messages: 'C',
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}
