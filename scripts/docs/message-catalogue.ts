import {
  BatchHeaders,
  CancelCommand,
  ChunkEvent,
  CommandEvent,
  DatabaseEvent,
  Failure,
  PageTask,
  PauseCommand,
  PlanCommand,
  Reject,
  ResetCommand,
  ResumeCommand,
  RetryCommand,
  ReplayCommand,
  EditCommand,
  EnableCommand,
  DisableCommand,
  DiscardCommand,
  RunCommand,
  RunEvent,
} from '@tidemark/contracts';
import type { z } from 'zod';

/** One kind of message as `docs/messages.md` describes it. */
export interface MessageKind {
  readonly name: string;
  readonly says: string;
  readonly subject: string;
  readonly stream: string;
  readonly sender: string;
  readonly consumer: string;
  readonly id: string;
  readonly version: string;
  readonly file: string;
  readonly schema: z.ZodType;
  readonly schemaOf: string;
}

const command = {
  stream: 'COMMANDS',
  sender: 'CLI, `nats pub`, a CronJob, anybody',
  consumer: 'watermark',
  id: 'header `Nats-Msg-Id` if the sender sets one',
  version: 'none: unknown parameters are refused',
  file: 'commands.ts',
  schemaOf: 'Body, JSON; `{}` is valid',
};

const batch = {
  id: '<run>.<chunk>.<attempt>.<seq>.<digest>.<part>',
  version: 'header `Tidemark-Version`: 1',
  file: 'batch.ts',
  schema: BatchHeaders,
  schemaOf: 'Headers (the names are listed below)',
};

const event = {
  stream: 'EVENTS',
  id: 'none: events are hints and may be missed',
  version: 'field `v`: 1',
  file: 'events.ts',
  schemaOf: 'Body, JSON',
};

/** Every message that travels between the parts, in the order of the flow. */
export const messageKinds: readonly MessageKind[] = [
  {
    ...command,
    name: 'RunCommand',
    says: 'Start a run of a collector.',
    subject: 'tidemark.command.run.<collector>',
    schema: RunCommand,
  },
  {
    ...command,
    name: 'PlanCommand',
    says: 'Say what a run would ask for, and start nothing; the plan is the `result` of the row of `tidemark.commands`.',
    subject: 'tidemark.command.plan.<collector>',
    schema: PlanCommand,
  },
  {
    ...command,
    name: 'RetryCommand',
    says: 'Read failed chunks of an ended run again, in a new run.',
    subject: 'tidemark.command.retry.<collector>',
    schema: RetryCommand,
    schemaOf: 'Body, JSON',
  },
  {
    ...command,
    name: 'PauseCommand',
    says: 'Let one run of a collector, or all its running ones, ask for nothing more until they are resumed.',
    subject: 'tidemark.command.pause.<collector>',
    schema: PauseCommand,
  },
  {
    ...command,
    name: 'ResumeCommand',
    says: 'Let one paused run of a collector, or all of them, go on.',
    subject: 'tidemark.command.resume.<collector>',
    schema: ResumeCommand,
  },
  {
    ...command,
    name: 'CancelCommand',
    says: 'End one run of a collector, or all its active runs.',
    subject: 'tidemark.command.cancel.<collector>',
    schema: CancelCommand,
  },
  {
    ...command,
    name: 'ResetCommand',
    says: 'Forget what is known to be loaded, so that it is asked for again; either `to` or `all` is needed.',
    subject: 'tidemark.command.reset.<collector>',
    schema: ResetCommand,
    schemaOf: 'Body, JSON',
  },
  {
    ...command,
    name: 'ReplayCommand',
    says: 'Bring open dead letters again, in a new run: those named by `letters`, or the open ones `ofRun`, or with `all` every open one that holds a record.',
    subject: 'tidemark.command.replay.<collector>',
    schema: ReplayCommand,
    schemaOf: 'Body, JSON',
  },
  {
    ...command,
    name: 'EditCommand',
    says: 'Give an open dead letter another payload, a JSON object; what came is kept beside it.',
    subject: 'tidemark.command.edit.<collector>',
    schema: EditCommand,
    schemaOf: 'Body, JSON',
  },
  {
    ...command,
    name: 'DiscardCommand',
    says: 'Close open dead letters that nobody will replay, and say why.',
    subject: 'tidemark.command.discard.<collector>',
    schema: DiscardCommand,
    schemaOf: 'Body, JSON',
  },
  {
    ...command,
    name: 'EnableCommand',
    says: 'Let runs of a collector begin again, by commands and by its schedule.',
    subject: 'tidemark.command.enable.<collector>',
    schema: EnableCommand,
  },
  {
    ...command,
    name: 'DisableCommand',
    says: 'Let no new run of a collector begin; those that are active go on.',
    subject: 'tidemark.command.disable.<collector>',
    schema: DisableCommand,
  },
  {
    name: 'PageTask',
    says: 'Fetch one page of a chunk.',
    subject: 'tidemark.extract.<class>.<collector>.<run>',
    stream: 'EXTRACT_LIVE, EXTRACT_BACKFILL',
    sender: 'watermark (the first page), extractor (the next ones)',
    consumer: 'extractor',
    id: 't.<run>.<chunk>.<attempt>.<seq>',
    version: 'field `v`: 1',
    file: 'page-task.ts',
    schema: PageTask,
    schemaOf: 'Body, JSON',
  },
  {
    ...batch,
    name: 'RawBatch',
    says: 'A part of a page as the source answered it.',
    subject: 'tidemark.raw.<class>.<collector>.<run>',
    stream: 'RAW_LIVE, RAW_BACKFILL',
    sender: 'extractor',
    consumer: 'transformer',
    id: `r.${batch.id}`,
  },
  {
    ...batch,
    name: 'LoadBatch',
    says: 'The same part, mapped to the columns of its target, as COPY text with its rejects apart.',
    subject: 'tidemark.load.<class>.<collector>.<run>',
    stream: 'LOAD_LIVE, LOAD_BACKFILL',
    sender: 'transformer',
    consumer: 'loader',
    id: `l.${batch.id}`,
  },
  {
    ...event,
    name: 'CommandEvent',
    says: 'The answer to a command; the same is a row of `tidemark.commands`.',
    subject: 'tidemark.event.command.<collector>',
    sender: 'watermark',
    consumer: 'CLI, anybody',
    schema: CommandEvent,
  },
  {
    ...event,
    name: 'RunEvent',
    says: 'A run was planned or has ended.',
    subject: 'tidemark.event.run.<collector>',
    sender: 'watermark, extractor, loader',
    consumer: 'watermark, anybody',
    schema: RunEvent,
  },
  {
    ...event,
    name: 'ChunkEvent',
    says: 'A chunk has ended: the next one may be released.',
    subject: 'tidemark.event.chunk.<collector>',
    sender: 'extractor, loader',
    consumer: 'watermark, anybody',
    schema: ChunkEvent,
  },
  {
    ...event,
    name: 'DatabaseEvent',
    says: 'PostgreSQL is an earlier one than before; the same is a row of `tidemark.restores`.',
    subject: 'tidemark.event.database.postgres',
    sender: 'watermark',
    consumer: 'anybody',
    schema: DatabaseEvent,
  },
];

/** What travels inside the bodies of batches. */
export const bodyKinds: readonly Pick<MessageKind, 'name' | 'says' | 'schema'>[] = [
  {
    name: 'Reject',
    says: 'A record that cannot be loaded, on its way to the dead letters: an element of the second section of a batch.',
    schema: Reject,
  },
  {
    name: 'Failure',
    says: 'The body of a batch with outcome `failed`: the ending of a page or a message that cannot be processed.',
    schema: Failure,
  },
];
