import { PlanReport } from '@tidemark/contracts';
import { findCommandResult } from '@tidemark/store';
import { type CliIo, FailedError, printJson, print, say } from './cli-io.ts';
import { openBus, openStore } from './open.ts';
import { printPlan } from './print/plan.ts';
import { type Command, sendCommand } from './send-command.ts';

/** Asks for the plan of a run and prints it; nothing is started, and the source is asked for nothing. */
export async function showPlan(
  io: CliIo,
  command: Command,
  options: { readonly json: boolean },
): Promise<void> {
  await using store = openStore(io);
  await using bus = await openBus(io);
  const answer = await sendCommand(bus, store, command);
  if (answer.outcome !== 'accepted') {
    say(io, `The command was ${answer.outcome}: ${answer.reasons.join('; ')}`);
    throw new FailedError('there is no plan');
  }
  const plan = PlanReport.parse(await store.with((db) => findCommandResult(db, answer.id)));
  if (options.json) printJson(io, plan);
  else print(io, printPlan(plan));
}
