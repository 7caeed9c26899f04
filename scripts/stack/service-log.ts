import { type WriteStream, createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readLoudLine, type Log } from '@tidemark/local';

/** Writes what a service says to its file, and its warnings and errors to the person too. */
export class ServiceLog {
  readonly file: string;
  readonly #name: string;
  readonly #stream: WriteStream;
  readonly #log: Log;

  constructor(folder: string, name: string, log: Log) {
    mkdirSync(folder, { recursive: true });
    this.file = join(folder, `${name}.log`);
    this.#name = name;
    this.#stream = createWriteStream(this.file, { flags: 'w' });
    this.#log = log;
  }

  readonly onLine = (line: string): void => {
    this.#stream.write(`${line}\n`);
    const loud = readLoudLine(line);
    if (loud !== undefined) this.#log(`[${this.#name}] ${loud}`);
  };

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#stream.end(resolve);
    });
  }
}
