export { SpanKind } from '@opentelemetry/api';
export { attributeNames } from './attributes.ts';
export {
  contextFromTraceparent,
  currentTraceId,
  extractContext,
  linksTo,
  traceHeaders,
  traceparentOf,
} from './context.ts';
export { meter } from './meter.ts';
export { prometheusHandler } from './prometheus.ts';
export { shutdownTelemetry } from './shutdown.ts';
export { recordFailure, withSpan, type SpanSettings } from './with-span.ts';
