import {
  type ProtobufField,
  bytesOf,
  hexOf,
  integerOf,
  readFields,
  textOf,
} from './protobuf-fields.ts';
import type { Span } from './span.ts';

const STATUS_ERROR = 2n;

/** The spans of an OTLP ExportTraceServiceRequest in protobuf; field numbers are those of opentelemetry-proto 1. */
export function decodeSpans(body: Buffer): Span[] {
  return bytesOf(readFields(body), 1).flatMap((resourceSpans) => {
    const fields = readFields(resourceSpans);
    const [resource] = bytesOf(fields, 1);
    const attributes = resource ? readAttributes(readFields(resource), 1) : {};
    const service = attributes['service.name'] ?? '';
    return bytesOf(fields, 2)
      .flatMap((scopeSpans) => bytesOf(readFields(scopeSpans), 2))
      .map((span) => decodeSpan(readFields(span), service));
  });
}

function decodeSpan(fields: readonly ProtobufField[], service: string): Span {
  const [status] = bytesOf(fields, 15);
  return {
    traceId: hexOf(fields, 1),
    spanId: hexOf(fields, 2),
    parentSpanId: hexOf(fields, 4),
    name: textOf(fields, 5),
    service,
    startNs: integerOf(fields, 7),
    endNs: integerOf(fields, 8),
    attributes: readAttributes(fields, 9),
    isError: status !== undefined && integerOf(readFields(status), 3) === STATUS_ERROR,
  };
}

function readAttributes(fields: readonly ProtobufField[], number: number): Record<string, string> {
  return Object.fromEntries(
    bytesOf(fields, number).map((pair) => {
      const parts = readFields(pair);
      const [value] = bytesOf(parts, 2);
      return [textOf(parts, 1), value ? readAnyValue(readFields(value)) : ''];
    }),
  );
}

/** Texts, booleans and integers as text; arrays, maps and fractions are not shown and stay empty. */
function readAnyValue(fields: readonly ProtobufField[]): string {
  const [field] = fields;
  switch (field?.number ?? 0) {
    case 1:
      return textOf(fields, 1);
    case 2:
      return integerOf(fields, 2) === 0n ? 'false' : 'true';
    case 3:
      return String(BigInt.asIntN(64, integerOf(fields, 3)));
    default:
      return '';
  }
}
