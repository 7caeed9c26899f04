import { Command, CommanderError } from 'commander';
import release from '../package.json' with { type: 'json' };
import { type CliIo, FailedError, UsageError, say } from './cli-io.ts';
import { addBackfill } from './commands/backfill.ts';
import { addRunChanges } from './commands/change-runs.ts';
import { addCollectors } from './commands/collectors.ts';
import { addDeadLetters } from './commands/dead-letters.ts';
import { addReset } from './commands/reset.ts';
import { addRetry } from './commands/retry.ts';
import { addRun } from './commands/run.ts';
import { addRuns } from './commands/runs.ts';
import { addStatus } from './commands/status.ts';
import { addWatch } from './commands/watch.ts';

const commands = [
  addRun,
  addBackfill,
  addRetry,
  addRunChanges,
  addReset,
  addRuns,
  addStatus,
  addWatch,
  addDeadLetters,
  addCollectors,
] as const;

/** Runs one command line and gives its exit code: 0, 1 when it failed, 2 when it makes no sense. */
export async function runCli(args: readonly string[], io: CliIo): Promise<0 | 1 | 2> {
  const program = new Command('tidemark')
    .description('Start and follow the collection of data.')
    .version(release.version, '-V, --version', 'print the version of this command')
    .configureOutput({
      writeOut: (text) => io.out.write(text),
      writeErr: (text) => io.err.write(text),
    })
    .exitOverride()
    .showHelpAfterError('(--help shows what is possible)');
  for (const add of commands) add(program, io);
  for (const command of program.commands) {
    command.copyInheritedSettings(program);
  }
  try {
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    return endOf(error, io);
  }
}

async function endOf(error: unknown, io: CliIo): Promise<0 | 1 | 2> {
  if (error instanceof FailedError) return 1;
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  if (error instanceof UsageError) {
    say(io, error.message);
    return 2;
  }
  const { failureText } = await import('./print/failure.ts');
  say(io, failureText(error));
  return 1;
}
