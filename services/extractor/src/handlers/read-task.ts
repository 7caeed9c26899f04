import type { Message } from '@tidemark/bus';
import { PageTask, parseWorkSubject } from '@tidemark/contracts';
import { TerminalError } from '@tidemark/runtime';

type TaskMessage = Pick<Message, 'data' | 'subject'>;

/** The task that a message carries; one without its form, or of another run than its subject says, is given up. */
export function mustReadTask(message: TaskMessage): PageTask {
  const read = PageTask.safeParse(parse(message.data));
  if (!read.success) {
    const [issue] = read.error.issues;
    const where = issue
      ? `${issue.path.join('.') || 'the message'}: ${issue.message}`
      : 'no reason';
    throw new TerminalError('MESSAGE_INVALID', `a page task is not of its form: ${where}`);
  }
  if (isOfSubject(read.data, message)) return read.data;
  throw new TerminalError('MESSAGE_INVALID', 'a page task and its subject disagree');
}

/** The task that a message carries, or undefined when it carries none of its subject. */
export function findTask(message: TaskMessage): PageTask | undefined {
  const { data } = PageTask.safeParse(parse(message.data));
  return data && isOfSubject(data, message) ? data : undefined;
}

/** Who may publish for one run must not end the chunks of another. */
function isOfSubject(task: PageTask, message: TaskMessage): boolean {
  const subject = parseWorkSubject(message.subject);
  return (
    subject?.collector === task.collector &&
    subject.runClass === task.runClass &&
    subject.runId === task.runId
  );
}

function parse(data: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(data));
  } catch {
    return undefined;
  }
}
