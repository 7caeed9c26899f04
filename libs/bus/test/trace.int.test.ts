import '@tidemark/telemetry/register';
import { context, trace } from '@opentelemetry/api';
import { currentTraceId, prometheusHandler, traceHeaders, withSpan } from '@tidemark/telemetry';
import { waitFor } from '@tidemark/testkit';
import { expect, test } from 'vitest';
import { publishBatch, startLanes } from '../src/index.ts';
import { aBatch, rawLanes, route, startBusTest } from './a-bus.ts';

const open = new AbortController().signal;

test('the trace of a publisher goes on in the handler, and the metrics count both', async () => {
  await using set = await startBusTest();
  const handled: { trace: string | undefined; parent: string | undefined }[] = [];
  const lanes = startLanes(
    set.bus,
    rawLanes({
      handler: async (msg) => {
        const parent = trace.getSpanContext(msg.context)?.spanId;
        expect(trace.getSpan(context.active())?.spanContext().spanId).not.toBe(parent);
        handled.push({ trace: currentTraceId(), parent });
      },
    }),
  );

  const sent = await withSpan('page', {}, async () => {
    await publishBatch(set.bus, 'raw', route, aBatch(0), Buffer.from('[]'), open);
    return { trace: currentTraceId(), span: traceHeaders()['traceparent'] };
  });
  await waitFor(() => handled.length === 1, { what: 'the message' });
  await lanes.stop();

  expect(handled[0]?.trace).toBe(sent.trace);
  expect(sent.span).not.toContain(handled[0]?.parent);
  const metrics = await prometheusHandler()?.();
  expect(metrics).toMatch(/tidemark_bus_published_total\{stage="raw",duplicate="false"\} 1/);
  expect(metrics).toMatch(/tidemark_bus_messages_total\{stage="raw",outcome="ack"\} 1/);
  expect(metrics).toContain('tidemark_bus_process_duration_bucket');
});
