import { type CliIo, FailedError, print, printJson } from './cli-io.ts';
import { openBus, openStore } from './open.ts';
import { type Command, sendCommand } from './send-command.ts';

/** Sends a command that starts nothing, and prints how it was answered. */
export async function askAndPrint(
  io: CliIo,
  command: Command,
  options: { readonly json: boolean },
): Promise<void> {
  await using store = openStore(io);
  await using bus = await openBus(io);
  const answer = await sendCommand(bus, store, command);
  const reasons = answer.reasons.length > 0 ? `: ${answer.reasons.join('; ')}` : '';
  if (options.json) printJson(io, answer);
  else print(io, `${answer.outcome}${reasons}`);
  if (answer.outcome === 'refused') throw new FailedError('the command was refused');
}
