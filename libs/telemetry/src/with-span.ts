import {
  type Attributes,
  type Context,
  context,
  type Link,
  type Span,
  type SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';

export interface SpanSettings {
  readonly kind?: SpanKind;
  readonly attributes?: Attributes;
  /** The context it belongs to; the active one when left out. */
  readonly parent?: Context;
  readonly links?: Link[];
}

/** Runs the work inside a span, which ends with it and keeps its error. */
export function withSpan<T>(
  name: string,
  settings: SpanSettings,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const { parent = context.active(), ...options } = settings;
  return trace.getTracer('tidemark').startActiveSpan(name, options, parent, async (span) => {
    try {
      return await work(span);
    } catch (error) {
      recordFailure(span, error);
      throw error;
    } finally {
      span.end();
    }
  });
}

/** Marks a span as failed, with the error's code as its type. */
export function recordFailure(span: Span, error: unknown): void {
  const failure = error instanceof Error ? error : new Error(String(error));
  const type = 'code' in failure && typeof failure.code === 'string' ? failure.code : failure.name;
  span.setAttribute('error.type', type);
  span.recordException(failure);
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
}
