import { type WriteStream, createWriteStream, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Log } from '@tidemark/local';

const LOUD = new Set(['warn', 'error', 'fatal']);

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

/** The sentence of a log line that is a warning or worse, or that is no log line at all; undefined for others. */
export function readLoudLine(line: string): string | undefined {
  const fields = parse(line);
  if (fields === undefined) return line.trim() === '' ? undefined : line;
  if (!LOUD.has(String(fields['level']))) return undefined;
  const error = fields['err'] ?? fields['error'];
  const reason =
    typeof error === 'object' && error !== null && 'message' in error
      ? `: ${String(error.message)}`
      : '';
  return `${String(fields['level'])}: ${String(fields['msg'])}${reason}`;
}

function parse(line: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
