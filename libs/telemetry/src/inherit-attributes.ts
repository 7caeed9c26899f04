import { type Attributes, type Context, trace } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { attributeNames } from './attributes.ts';

const { runId, runClass, collector, chunkId, batchSeq } = attributeNames;
const inherited = [runId, runClass, collector, chunkId, batchSeq];

/**
 * Gives a span what its parent in this process says of run, collector, chunk and page, unless it says so itself: the spans
 * of the drivers, which know of none of these, are found by them too.
 */
export class InheritAttributes implements SpanProcessor {
  onStart(span: Span, parentContext: Context): void {
    const parent = trace.getSpan(parentContext);
    if (!parent || !hasAttributes(parent)) return;
    for (const name of inherited) {
      const value = parent.attributes[name];
      if (value !== undefined && span.attributes[name] === undefined) {
        span.setAttribute(name, value);
      }
    }
  }

  onEnd(): void {
    // What a span says is settled when it starts.
  }

  async forceFlush(): Promise<void> {
    // Nothing is kept.
  }

  async shutdown(): Promise<void> {
    // Nothing is kept.
  }
}

interface WithAttributes {
  readonly attributes: Attributes;
}

/** Spans of other processes have no more than their ids. */
function hasAttributes(span: object): span is WithAttributes {
  return 'attributes' in span;
}
