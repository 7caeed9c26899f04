import { context, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from '@opentelemetry/sdk-trace';
import { expect, test } from 'vitest';
import { InheritAttributes } from './inherit-attributes.ts';

test('a span has what its ancestors say of run, collector, chunk and page, unless it says so itself', async () => {
  const exporter = new InMemorySpanExporter();
  const provider = new TracerProvider({
    spanProcessors: [new InheritAttributes(), new SimpleSpanProcessor({ exporter })],
  });
  const tracer = provider.getTracer('test');
  const page = tracer.startSpan('page', {
    attributes: { 'tidemark.run.id': 'r', 'tidemark.batch.seq': 3, 'messaging.system': 'nats' },
  });
  const inPage = trace.setSpan(context.active(), page);
  const next = tracer.startSpan('next', { attributes: { 'tidemark.batch.seq': 4 } }, inPage);
  const query = tracer.startSpan('query', {}, trace.setSpan(inPage, next));
  for (const span of [query, next, page]) span.end();
  await provider.forceFlush();

  expect(exporter.getFinishedSpans().map(({ name, attributes }) => [name, attributes])).toEqual([
    ['query', { 'tidemark.run.id': 'r', 'tidemark.batch.seq': 4 }],
    ['next', { 'tidemark.run.id': 'r', 'tidemark.batch.seq': 4 }],
    ['page', { 'tidemark.run.id': 'r', 'tidemark.batch.seq': 3, 'messaging.system': 'nats' }],
  ]);
});
