/** Where a command writes: results for programs and people to `out`, talk to `err`. */
export interface CliIo {
  readonly env: NodeJS.ProcessEnv;
  readonly folder: string;
  readonly out: NodeJS.WritableStream;
  readonly err: NodeJS.WritableStream & { readonly isTTY?: boolean };
}

/** A command line that makes no sense: exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A command that was understood and did not come to a good end, of which everything is said already: exit code 1. */
export class FailedError extends Error {
  override readonly name = 'FailedError';
}

/** Writes a result as JSON. */
export function printJson(io: CliIo, value: unknown): void {
  io.out.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Writes one line of a result. */
export function print(io: CliIo, line: string): void {
  io.out.write(`${line}\n`);
}

/** Writes one line of talk. */
export function say(io: CliIo, line: string): void {
  io.err.write(`${line}\n`);
}
