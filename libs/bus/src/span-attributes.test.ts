import { expect, test } from 'vitest';
import { processAttributes, publishAttributes } from './span-attributes.ts';

const runId = '3f0c1d5e-1111-4222-8333-444455556666';

test('a publication tells system, destination, size and the run it belongs to', () => {
  const attributes = publishAttributes({
    subject: `tidemark.raw.live.github.${runId}`,
    stream: 'RAW_LIVE',
    id: 'r.1',
    data: 'é',
    headers: [
      ['Tidemark-Chunk', '7'],
      ['Tidemark-Seq', '3'],
      ['Tidemark-Records', '250'],
    ],
  });

  expect(attributes).toMatchObject({
    'messaging.system.name': 'nats',
    'messaging.operation.type': 'send',
    'messaging.destination.template': 'tidemark.raw.{class}.{collector}',
    'messaging.message.id': 'r.1',
    'messaging.message.body.size': 2,
    'tidemark.run.id': runId,
    'tidemark.collector': 'github',
    'tidemark.chunk.id': 7,
    'tidemark.batch.seq': 3,
    'tidemark.records': 250,
  });
});

test('a command in work tells its collector, and nothing of a run', () => {
  const attributes = processAttributes(
    {
      subject: 'tidemark.command.run.github',
      data: new Uint8Array(2),
      deliveries: 2,
      streamSeq: 9,
      get: () => undefined,
    },
    'COMMANDS',
    'control',
  );

  expect(attributes).toMatchObject({
    'messaging.consumer.group.name': 'control',
    'messaging.nats.delivery_count': 2,
    'tidemark.collector': 'github',
  });
  expect(attributes).not.toHaveProperty('tidemark.run.id');
  expect(attributes).not.toHaveProperty('tidemark.chunk.id');
});
