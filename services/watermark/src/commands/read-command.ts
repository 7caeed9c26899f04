import { CancelCommand, RunCommand, type ErrorCode } from '@tidemark/contracts';
import type { z } from 'zod';

export type ReadCommand =
  | { readonly verb: 'run'; readonly command: RunCommand }
  | { readonly verb: 'cancel'; readonly command: CancelCommand };

export type Reading = ReadCommand | { readonly reasons: readonly string[] };

/** What a command says, or every reason why it says nothing that can be done. */
export function readCommand(verb: string, payload: string): Reading {
  if (verb !== 'run' && verb !== 'cancel') {
    return { reasons: [reason('COMMAND_INVALID', `no verb "${verb}"; there are run and cancel`)] };
  }
  const value = parse(payload);
  if (value === undefined) {
    return { reasons: [reason('COMMAND_INVALID', 'the payload is not JSON; {} is enough')] };
  }
  if (verb === 'run') {
    const read = RunCommand.safeParse(value);
    return read.success ? { verb, command: read.data } : refusal(read.error);
  }
  const read = CancelCommand.safeParse(value);
  return read.success ? { verb, command: read.data } : refusal(read.error);
}

/** One reason of a refusal, as the event and the table show it. */
export function reason(code: ErrorCode, message: string): string {
  return `${code}: ${message}`;
}

function parse(payload: string): unknown {
  // `nats pub` without a body means the same as {}.
  if (payload.trim() === '') return {};
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
}

function refusal(error: z.ZodError): Reading {
  const reasons = error.issues.flatMap((issue) => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((key) =>
        reason('COMMAND_INVALID', `${[...issue.path, key].join('.')}: there is no such parameter`),
      );
    }
    const path = issue.path.join('.');
    return [reason('COMMAND_INVALID', path === '' ? issue.message : `${path}: ${issue.message}`)];
  });
  return { reasons };
}
