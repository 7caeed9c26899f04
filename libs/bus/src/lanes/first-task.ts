import { headerNames, versionVerdict } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';
import type { Message } from './message.ts';

export type Task =
  | { readonly kind: 'handle' }
  | { readonly kind: 'end'; readonly error: TerminalError }
  | { readonly kind: 'hold' };

/** What to do with a message that was just delivered, by what stands on its outside. */
export function firstTask(
  msg: Pick<Message, 'get' | 'subject' | 'deliveries'>,
  poisonDeliveries: number,
): Task {
  const version = msg.get(headerNames.version);
  const verdict = version === undefined ? 'read' : versionVerdict(version);
  // A newer release wrote it: it is held until one of that release takes it, however often it comes.
  if (verdict === 'hold') return { kind: 'hold' };
  if (verdict === 'invalid') {
    const reason = `a message on ${msg.subject} has the version ${version}, which is not read here`;
    return { kind: 'end', error: new TerminalError('MESSAGE_INVALID', reason) };
  }
  if (msg.deliveries >= poisonDeliveries) {
    const reason = `a message on ${msg.subject} was delivered ${msg.deliveries} times and never finished`;
    return { kind: 'end', error: new TerminalError('MESSAGE_POISON', reason) };
  }
  return { kind: 'handle' };
}
