import {
  MAX_BATCH_BYTES,
  MAX_BATCH_RECORDS,
  MAX_REJECT_BYTES,
  CHILDREN_VERSION,
  COLUMNS_VERSION,
  MESSAGE_VERSION,
  headerNames,
} from '@tidemark/contracts';
import type { z } from 'zod';
import { fieldRows } from './field-rows.ts';
import { markdownTable } from './markdown-table.ts';
import { type MessageKind, bodyKinds, messageKinds } from './message-catalogue.ts';

/** The text of `docs/messages.md`. */
export function messagesPage(): string {
  return [
    '# Messages',
    'Made by `npm run docs` from `libs/contracts/src`; do not edit.',
    intro,
    overview(),
    ...messageKinds.map(section),
    '## Headers of batches',
    headers(),
    '## Bodies of batches',
    bodies,
    ...bodyKinds.map((kind) => `### ${kind.name}\n\n${kind.says}\n\n${fields(kind.schema)}`),
  ].join('\n\n');
}

const intro = `Subjects begin with \`tidemark.\`; \`<class>\` is \`live\` or \`backfill\`, \`<collector>\` its name, \`<run>\` the run's id.
The id is sent as \`Nats-Msg-Id\`. It names content, so that a message that is published twice is kept once while the broker
remembers it, and changes nothing when it does not.

A reader takes the version that it knows (${MESSAGE_VERSION} now) and the one before. It holds a newer one until it is upgraded. Load batches with columns beyond the declared
ones (\`Tidemark-Columns\`) have version ${COLUMNS_VERSION}, those with children of their records ${CHILDREN_VERSION}, so that a loader that does not know of them holds those only.`;

const bodies = `A batch has at most ${MAX_BATCH_RECORDS.toLocaleString('en')} records and ${MAX_BATCH_BYTES.toLocaleString('en')} bytes of text before compression.
\`Tidemark-Sections\` gives the bytes of each section of the decoded body: the records (raw: a JSON array; load: COPY text of
PostgreSQL), in load batches COPY text for each child of the target (each line begins with the digest of its record's children), then the rejects as a JSON array. A reject keeps at most ${MAX_REJECT_BYTES.toLocaleString('en')} bytes of its record.`;

function overview(): string {
  const rows = messageKinds.map((kind) => [
    `[${kind.name}](#${kind.name.toLowerCase()})`,
    `\`${kind.subject}\``,
    kind.sender,
    kind.consumer,
    kind.id.startsWith('none') || kind.id.startsWith('header') ? kind.id : `\`${kind.id}\``,
    kind.version,
  ]);
  return markdownTable(['message', 'subject', 'sender', 'consumer', 'id', 'version'], rows);
}

function section(kind: MessageKind): string {
  return [
    `## ${kind.name}`,
    `${kind.says} Stream: ${kind.stream}. Source: [${kind.file}](../libs/contracts/src/messages/${kind.file}).`,
    `${kind.schemaOf}:`,
    fields(kind.schema),
  ].join('\n\n');
}

function fields(schema: z.ZodType): string {
  const rows = fieldRows(schema).map((row) => [`\`${row.field}\``, row.type, row.presence]);
  return markdownTable(['field', 'type', ''], rows);
}

function headers(): string {
  return markdownTable(
    ['header', 'carries'],
    Object.entries(headerNames).map(([name, header]) => [
      `\`${header}\``,
      meaning[name] ?? `\`${name}\``,
    ]),
  );
}

const meaning: Readonly<Record<string, string>> = {
  run: '`runId`',
  chunk: '`chunkId`',
  part: '`part`/`parts`, for example `0/1`',
  definition: '`revision`',
  command: 'the id of a command',
  copy: 'of a copy that took the place of a message: its place and time in the stream, deliveries that count, since when it waits',
  traceparent: 'the trace, as W3C Trace Context defines it',
};
