import { TerminalError } from '@tidemark/runtime';

/** The error for a name that no registered collector has. */
export function unknownCollector(name: string): TerminalError {
  return new TerminalError(
    'COLLECTOR_UNKNOWN',
    `No collector "${name}" is registered; \`tidemark collectors list\` lists them.`,
  );
}
