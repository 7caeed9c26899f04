import { createWriteStream, type WriteStream } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startService, type RunningService, type ServiceOptions } from '@tidemark/local';

export interface SupervisedOptions extends Omit<ServiceOptions, 'onLine'> {
  readonly id: string;
  readonly logFile: string;
  /** Told when the process ends although nobody has killed it, with the last line that it said. */
  readonly onOwnEnd: (how: string, lastLine: string) => void;
}

/** A pause before a process that ended by itself is started again, so that one that cannot start does not spin. */
const AFTER_OWN_END_MS = 500;

/** A service that is started again whenever its process has ended, at once after a kill. */
export class Supervised {
  readonly #options: SupervisedOptions;
  readonly #log: WriteStream;
  readonly #closing = new AbortController();
  #running: RunningService | undefined;
  #isKilled = false;
  #loop: Promise<void> | undefined;
  #ready = Promise.withResolvers<void>();

  constructor(options: SupervisedOptions) {
    this.#options = options;
    this.#log = createWriteStream(options.logFile, { flags: 'a' });
  }

  /** Begins to keep it running; resolves when it is ready for the first time. */
  async start(): Promise<void> {
    this.#loop = this.#keepRunning();
    await this.#ready.promise;
  }

  /** Ends the process as a crash does; false when there is none at this moment. */
  kill(): boolean {
    if (!this.#running) return false;
    this.#isKilled = true;
    this.#running.kill('SIGKILL');
    return true;
  }

  /** Lets the process stand still, and go on later; one that is killed meanwhile stays dead. */
  async freeze(forMs: number): Promise<void> {
    const frozen = this.#running;
    if (!frozen) return;
    frozen.kill('SIGSTOP');
    await delay(forMs);
    if (this.#running === frozen) frozen.kill('SIGCONT');
  }

  /** Ends the process for good. */
  async end(): Promise<void> {
    this.#closing.abort();
    this.kill();
    await this.#loop;
    this.#log.end();
  }

  async #keepRunning(): Promise<void> {
    const { id, logFile: _logFile, onOwnEnd, ...service } = this.#options;
    while (!this.#closing.signal.aborted) {
      this.#isKilled = false;
      let lastLine = '';
      const running = await startService({
        ...service,
        onLine: (line) => {
          lastLine = line;
          this.#log.write(`${line}\n`);
        },
      });
      this.#running = running;
      running.ready.then(
        () => this.#ready.resolve(),
        () => undefined,
      );
      if (this.#closing.signal.aborted) this.kill();
      const { code, signal } = await running.exited;
      this.#running = undefined;
      this.#log.write(`--- ${id} ended: ${signal ?? code}\n`);
      if (this.#isKilled) continue;
      onOwnEnd(signal ?? `exit code ${code}`, lastLine);
      await delay(AFTER_OWN_END_MS, undefined, { signal: this.#closing.signal }).catch(
        () => undefined,
      );
    }
  }
}
