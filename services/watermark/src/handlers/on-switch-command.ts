import { TerminalError } from '@tidemark/runtime';
import {
  findAnswer,
  findCollector,
  setCollectorEnabled,
  type AnsweredCommand,
} from '@tidemark/store';
import { accepted, skipped, writeAnswer } from '../commands/answer.ts';
import type { ReceivedCommand } from '../commands/received-command.ts';
import type { Deps } from '../deps.ts';

/** Switches a collector on or off: whether new runs may begin. Those that are active go on. */
export async function onSwitchCommand(
  deps: Deps,
  received: ReceivedCommand,
  enabled: boolean,
): Promise<AnsweredCommand> {
  const { collector: name } = received;
  return deps.store.transaction(async (db) => {
    const earlier = await findAnswer(db, received.commandId);
    if (earlier) return earlier;
    if (!(await findCollector(db, name))) {
      throw new TerminalError('COLLECTOR_UNKNOWN', `no collector "${name}" is registered`);
    }
    const isChanged = await setCollectorEnabled(db, { name, enabled });
    const already = `"${name}" is ${enabled ? 'enabled' : 'disabled'} already`;
    return writeAnswer(db, received, isChanged ? accepted(null) : skipped([already]));
  });
}
