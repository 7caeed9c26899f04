import type { Attributes } from '@opentelemetry/api';
import { headerNames as h, parseCommandSubject, parseWorkSubject } from '@tidemark/contracts';
import { attributeNames } from '@tidemark/telemetry';
import { subjectTemplate } from './topology.ts';

/** Under both names: the older one is what today's tools look for. */
const system = { 'messaging.system': 'nats', 'messaging.system.name': 'nats' };

type GetHeader = (name: string) => string | undefined;

interface Published {
  readonly subject: string;
  readonly data: Uint8Array | string;
  readonly headers?: readonly (readonly [string, string])[];
  readonly id: string;
  readonly stream: string;
}

/** What the span of a publication tells. */
export function publishAttributes(published: Published): Attributes {
  const headers = new Map(published.headers ?? []);
  return {
    ...system,
    ...destination(published.subject),
    'messaging.operation.name': 'publish',
    'messaging.operation.type': 'send',
    'messaging.message.id': published.id,
    'messaging.message.body.size': Buffer.byteLength(published.data),
    'messaging.nats.stream': published.stream,
    ...tidemark(published.subject, (name) => headers.get(name)),
  };
}

interface Processed {
  readonly subject: string;
  readonly data: Uint8Array;
  readonly deliveries: number;
  readonly streamSeq: number;
  get(header: string): string | undefined;
}

/** What the span of a message in work tells. */
export function processAttributes(msg: Processed, stream: string, consumer: string): Attributes {
  const id = msg.get('Nats-Msg-Id');
  return {
    ...system,
    ...destination(msg.subject),
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.consumer.group.name': consumer,
    ...(id === undefined ? {} : { 'messaging.message.id': id }),
    'messaging.message.body.size': msg.data.length,
    'messaging.nats.stream': stream,
    'messaging.nats.sequence': msg.streamSeq,
    'messaging.nats.delivery_count': msg.deliveries,
    ...tidemark(msg.subject, (name) => msg.get(name)),
  };
}

function destination(subject: string): Attributes {
  return {
    'messaging.destination.name': subject,
    'messaging.destination.template': subjectTemplate(subject),
  };
}

function tidemark(subject: string, get: GetHeader): Attributes {
  const work = parseWorkSubject(subject);
  const collector = work?.collector ?? parseCommandSubject(subject)?.collector;
  return {
    ...(collector === undefined ? {} : { [attributeNames.collector]: collector }),
    ...(work
      ? { [attributeNames.runId]: work.runId, [attributeNames.runClass]: work.runClass }
      : {}),
    ...whole(attributeNames.chunkId, get(h.chunk)),
    ...whole(attributeNames.batchSeq, get(h.seq)),
    ...whole(attributeNames.records, get(h.records)),
  };
}

function whole(name: string, text: string | undefined): Attributes {
  return text !== undefined && /^\d{1,15}$/.test(text) ? { [name]: Number(text) } : {};
}
