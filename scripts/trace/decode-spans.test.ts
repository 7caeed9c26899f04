import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer';
import { expect, test } from 'vitest';
import { decodeSpans } from './decode-spans.ts';

type ReadableSpan = Parameters<typeof ProtobufTraceSerializer.serializeRequest>[0][number];

const traceId = '0af7651916cd43dd8448eb211c80319c';

function aReadableSpan(): ReadableSpan {
  const resource = { attributes: { 'service.name': 'tidemark-loader' } };
  const span = {
    name: 'process tidemark.load.{class}.{collector}',
    kind: 4,
    spanContext: () => ({ traceId, spanId: 'b7ad6b7169203331', traceFlags: 1 }),
    parentSpanContext: { traceId, spanId: '00f067aa0ba902b7', traceFlags: 1 },
    startTime: [1_700_000_000, 123_456_789],
    endTime: [1_700_000_001, 5],
    status: { code: 2, message: 'no' },
    attributes: { 'tidemark.records': 500, 'tidemark.collector': 'usgs', empty: -1, yes: true },
    links: [],
    events: [],
    resource,
    instrumentationScope: { name: 'tidemark' },
    droppedAttributesCount: 0,
    droppedEventsCount: 0,
    droppedLinksCount: 0,
    duration: [0, 1],
    ended: true,
  };
  return span as unknown as ReadableSpan;
}

test('reads what the exporter of OpenTelemetry writes', () => {
  const bytes = ProtobufTraceSerializer.serializeRequest([aReadableSpan()]);

  const spans = decodeSpans(Buffer.from(bytes ?? []));

  expect(spans).toEqual([
    {
      traceId,
      spanId: 'b7ad6b7169203331',
      parentSpanId: '00f067aa0ba902b7',
      name: 'process tidemark.load.{class}.{collector}',
      service: 'tidemark-loader',
      startNs: 1_700_000_000_123_456_789n,
      endNs: 1_700_000_001_000_000_005n,
      attributes: {
        'tidemark.records': '500',
        'tidemark.collector': 'usgs',
        empty: '-1',
        yes: 'true',
      },
      isError: true,
    },
  ]);
});

test('a body that ends in the middle is refused', () => {
  const bytes = Buffer.from(ProtobufTraceSerializer.serializeRequest([aReadableSpan()]) ?? []);

  expect(() => decodeSpans(bytes.subarray(0, bytes.length - 3))).toThrow(RangeError);
});
