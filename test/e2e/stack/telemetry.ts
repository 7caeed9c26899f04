import { decodeSpans } from '../../../scripts/trace/decode-spans.ts';
import { receiveSpans } from '../../../scripts/trace/receive-spans.ts';
import type { Span } from '../../../scripts/trace/span.ts';

/** Everything that services export: their spans, and the bytes as they came. */
export interface Telemetry extends AsyncDisposable {
  /** Makes a service export to here, soon. */
  readonly env: Readonly<Record<string, string>>;
  readonly spans: readonly Span[];
  /** The bodies of all exports, as text. */
  readonly texts: readonly string[];
}

/** Takes in what services export by OTLP. */
export async function receiveTelemetry(): Promise<Telemetry> {
  const spans: Span[] = [];
  const texts: string[] = [];
  const receiver = await receiveSpans({
    onBody: (path, body) => {
      texts.push(`${path}\n${body.toString('latin1')}`);
      if (path === '/v1/traces') spans.push(...decodeSpans(body));
    },
  });
  return {
    env: {
      OTEL_SDK_DISABLED: 'false',
      OTEL_EXPORTER_OTLP_ENDPOINT: receiver.url,
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_METRIC_EXPORT_TIMEOUT: '1000',
    },
    spans,
    texts,
    [Symbol.asyncDispose]: () => receiver[Symbol.asyncDispose](),
  };
}

/** The spans above a span, the nearest first. */
export function ancestorsOf(span: Span, spans: readonly Span[]): Span[] {
  const byId = new Map(spans.map((each) => [each.spanId, each]));
  const above: Span[] = [];
  let parent = byId.get(span.parentSpanId);
  while (parent) {
    above.push(parent);
    parent = byId.get(parent.parentSpanId);
  }
  return above;
}

/** Spans whose parent is none of the others: of a whole trace there is one, its root. */
export function rootsOf(spans: readonly Span[]): Span[] {
  const ids = new Set(spans.map(({ spanId }) => spanId));
  return spans.filter(({ parentSpanId }) => !ids.has(parentSpanId));
}
