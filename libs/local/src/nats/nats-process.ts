import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { TerminalError } from '@tidemark/runtime';
import { poll } from '../poll.ts';
import { startDaemon, type Daemon } from '../processes/daemon.ts';
import { forgetProcess, recordProcess } from '../stack/process-records.ts';
import type { NatsServer } from './nats-server.ts';

export interface NatsPorts {
  readonly client: number;
  readonly monitor: number | undefined;
}

interface NatsProcessOptions {
  readonly binary: string;
  readonly storeFolder: string;
  readonly portsFolder: string;
  readonly recordFolder: string;
  readonly configFile: string;
  readonly env: Readonly<Record<string, string>> | undefined;
  readonly logFile: string;
}

const START_DEADLINE_MS = 30_000;
const STOP_DEADLINE_MS = 5_000;

/** One server process after the other on the same store and, after the first start, the same ports. */
export class NatsProcess implements NatsServer {
  readonly #options: NatsProcessOptions;
  #daemon: Daemon | undefined;
  #ports: NatsPorts = { client: 0, monitor: undefined };

  constructor(options: NatsProcessOptions) {
    this.#options = options;
  }

  get url(): string {
    return `nats://127.0.0.1:${this.#ports.client}`;
  }

  get port(): number {
    return this.#ports.client;
  }

  get monitorUrl(): string | undefined {
    const { monitor } = this.#ports;
    return monitor === undefined ? undefined : `http://127.0.0.1:${monitor}`;
  }

  get pid(): number {
    return this.#daemon?.pid ?? 0;
  }

  get storeFolder(): string {
    return this.#options.storeFolder;
  }

  get logFile(): string {
    return this.#options.logFile;
  }

  /** Starts on these ports and resolves when it takes connections; false if it ended or did not get ready. */
  async tryStart(ports: NatsPorts): Promise<boolean> {
    const { binary, storeFolder, portsFolder, recordFolder, logFile, env } = this.#options;
    const daemon = await startDaemon({
      command: binary,
      args: this.#args(ports),
      cwd: storeFolder,
      logFile,
      ...(env && { env: { ...process.env, ...env } }),
    });
    this.#ports = ports;
    this.#daemon = daemon;
    recordProcess(recordFolder, daemon.pid);
    // The server writes this file when it listens, after JetStream has recovered.
    const portsFile = join(portsFolder, `${basename(binary)}_${daemon.pid}.ports`);
    const isReady = (): boolean => existsSync(portsFile);
    await poll(() => daemon.hasExited() || isReady(), START_DEADLINE_MS);
    if (!daemon.hasExited() && isReady()) return true;
    await this.#end(['SIGTERM', 'SIGKILL']);
    return false;
  }

  async stop(): Promise<void> {
    await this.#end(['SIGTERM', 'SIGKILL']);
  }

  async kill(): Promise<void> {
    await this.#end(['SIGKILL']);
  }

  async restart(): Promise<void> {
    await this.stop();
    if (await this.tryStart(this.#ports)) return;
    throw new TerminalError(
      'SERVERS_MISSING',
      `nats-server did not start again on port ${this.port}; its log tells why: ${this.logFile}`,
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

  #args(ports: NatsPorts): string[] {
    const { configFile, storeFolder, portsFolder } = this.#options;
    const monitor = ports.monitor === undefined ? [] : ['-m', String(ports.monitor)];
    const fixed = ['-c', configFile, '-a', '127.0.0.1', '-js', '-sd', storeFolder];
    return [...fixed, '-p', String(ports.client), ...monitor, '--ports_file_dir', portsFolder];
  }
}
