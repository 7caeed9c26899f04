import {
  type Context,
  context,
  defaultTextMapGetter,
  defaultTextMapSetter,
  isSpanContextValid,
  type Link,
  ROOT_CONTEXT,
  type Span,
  trace,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';

// Always W3C: what one service writes another must read, whatever its environment says about propagators.
const propagator = new W3CTraceContextPropagator();

/** The trace context that headers carry; the empty context when they carry none. */
export function extractContext(get: (name: string) => string | undefined): Context {
  const carrier = { traceparent: get('traceparent'), tracestate: get('tracestate') };
  return propagator.extract(ROOT_CONTEXT, carrier, defaultTextMapGetter);
}

/** Headers (`traceparent`, `tracestate`) that carry a trace context; none when there is no trace. */
export function traceHeaders(ctx: Context = context.active()): Record<string, string> {
  const carrier: Record<string, string> = {};
  propagator.inject(ctx, carrier, defaultTextMapSetter);
  return carrier;
}

/** The span as one text to store; undefined when telemetry is off. */
export function traceparentOf(span: Span): string | undefined {
  return traceHeaders(trace.setSpan(ROOT_CONTEXT, span))['traceparent'];
}

/** The context of a stored span; the empty context when there is none. */
export function contextFromTraceparent(text: string | null | undefined): Context {
  return extractContext((name) => (name === 'traceparent' ? (text ?? undefined) : undefined));
}

/** The id of the trace that is recorded here, for tables and messages to people. */
export function currentTraceId(): string | undefined {
  const spanContext = trace.getActiveSpan()?.spanContext();
  return spanContext && isSpanContextValid(spanContext) ? spanContext.traceId : undefined;
}

/** A link to the span of a context, or no link when it has none. */
export function linksTo(ctx: Context): Link[] {
  const spanContext = trace.getSpanContext(ctx);
  return spanContext && isSpanContextValid(spanContext) ? [{ context: spanContext }] : [];
}
