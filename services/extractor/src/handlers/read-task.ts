import type { Message } from '@tidemark/bus';
import { PageTask } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';

/** The task that a message carries; one without its form is given up. */
export function mustReadTask(message: Pick<Message, 'data'>): PageTask {
  const read = PageTask.safeParse(parse(message.data));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const where = issue ? `${issue.path.join('.') || 'the message'}: ${issue.message}` : 'no reason';
  throw new TerminalError('MESSAGE_INVALID', `a page task is not of its form: ${where}`);
}

/** The task that a message carries, or undefined when it carries none. */
export function findTask(message: Pick<Message, 'data'>): PageTask | undefined {
  return PageTask.safeParse(parse(message.data)).data;
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}
