import { TerminalError, TransientError, redactText } from '@tidemark/runtime';
import { StoppedError, stopSignal } from './stop-signal.ts';

/** Writes one plain sentence for a person to standard error. */
export function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

/** Runs a script until it ends, fails or is stopped by a signal, and sets the exit code. */
export async function runScript(script: (signal: AbortSignal) => Promise<void>): Promise<void> {
  try {
    await script(stopSignal(say));
  } catch (error) {
    if (error instanceof StoppedError) return;
    process.exitCode = 1;
    say(redactText(textOf(error)));
  }
}

function textOf(error: unknown): string {
  if (error instanceof TerminalError || error instanceof TransientError) {
    const cause = error.cause instanceof Error ? `\n  because: ${error.cause.message}` : '';
    return `${error.code}: ${error.message}${cause}`;
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
