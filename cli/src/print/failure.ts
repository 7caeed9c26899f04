import { TerminalError, TransientError, redactText } from '@tidemark/runtime';

/** What people are told of an error that ended a command: its code and message, or where it came from when nobody foresaw it. */
export function failureText(error: unknown): string {
  if (error instanceof TerminalError || error instanceof TransientError) {
    return `${error.code}: ${redactText(error.message)}`;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return redactText(text);
}
