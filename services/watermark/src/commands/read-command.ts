import {
  CancelCommand,
  DisableCommand,
  DiscardCommand,
  EditCommand,
  EnableCommand,
  PauseCommand,
  PlanCommand,
  ReplayCommand,
  ResetCommand,
  ResumeCommand,
  RetryCommand,
  RunCommand,
  type CommandVerb,
  type ErrorCode,
} from '@tidemark/contracts';
import type { z } from 'zod';

const schemas = {
  run: RunCommand,
  plan: PlanCommand,
  retry: RetryCommand,
  pause: PauseCommand,
  resume: ResumeCommand,
  cancel: CancelCommand,
  reset: ResetCommand,
  replay: ReplayCommand,
  edit: EditCommand,
  discard: DiscardCommand,
  enable: EnableCommand,
  disable: DisableCommand,
} as const satisfies Record<CommandVerb, z.ZodType>;

type Schemas = typeof schemas;

/** A command by its verb, checked. */
export type ReadCommand = {
  [Verb in CommandVerb]: { readonly verb: Verb; readonly command: z.infer<Schemas[Verb]> };
}[CommandVerb];

export type Reading = ReadCommand | { readonly reasons: readonly string[] };

/** What a command says, or every reason why it says nothing that can be done. */
export function readCommand(verb: string, payload: string): Reading {
  if (!isVerb(verb)) {
    const verbs = Object.keys(schemas).join(', ');
    return { reasons: [reason('COMMAND_INVALID', `no verb "${verb}"; there are ${verbs}`)] };
  }
  const value = parse(payload);
  if (value === undefined) {
    return { reasons: [reason('COMMAND_INVALID', 'the payload is not JSON; {} is enough')] };
  }
  const read = schemas[verb].safeParse(value);
  // The verb chose the schema, which the type of the pair cannot say by itself.
  return read.success ? ({ verb, command: read.data } as ReadCommand) : refusal(read.error);
}

/** One reason of a refusal, as the event and the table show it. */
export function reason(code: ErrorCode, message: string): string {
  return `${code}: ${message}`;
}

function isVerb(verb: string): verb is CommandVerb {
  return Object.hasOwn(schemas, verb);
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
