import { ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { expect, test } from 'vitest';
import { contextFromTraceparent, extractContext, linksTo, traceHeaders } from './context.ts';

const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01';

test('a trace context survives its way through headers', () => {
  const ctx = extractContext((name) => ({ traceparent, tracestate: 'a=b' })[name]);

  expect(traceHeaders(ctx)).toEqual({ traceparent, tracestate: 'a=b' });
});

test('a stored traceparent becomes a context again', () => {
  const ctx = contextFromTraceparent(traceparent);

  expect(trace.getSpanContext(ctx)?.traceId).toBe('0af7651916cd43dd8448eb211c80319c');
  expect(linksTo(ctx)).toHaveLength(1);
});

test.each([undefined, null, '', 'garbage'])('a traceparent that is %s gives no trace', (text) => {
  const ctx = contextFromTraceparent(text);

  expect(traceHeaders(ctx)).toEqual({});
  expect(linksTo(ctx)).toEqual([]);
  expect(traceHeaders(ROOT_CONTEXT)).toEqual({});
});
