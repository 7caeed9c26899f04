import { expect, test } from 'vitest';
import { metricExportSettings, spanExportSettings } from './export-settings.ts';

test('what the environment says about exports is used', () => {
  const env = {
    OTEL_BSP_SCHEDULE_DELAY: '300',
    OTEL_BSP_EXPORT_TIMEOUT: '1000',
    OTEL_BSP_MAX_QUEUE_SIZE: '10000',
    OTEL_BSP_MAX_EXPORT_BATCH_SIZE: '100',
    OTEL_METRIC_EXPORT_INTERVAL: '5000',
  };

  expect(spanExportSettings(env)).toEqual({
    scheduledDelayMillis: 300,
    exportTimeoutMillis: 1000,
    maxQueueSize: 10_000,
    maxExportBatchSize: 100,
  });
  expect(metricExportSettings(env)).toEqual({ exportIntervalMillis: 5000 });
});

test.each(['', 'soon', '0', '-5', undefined])('%j leaves the default', (text) => {
  const env = { OTEL_BSP_SCHEDULE_DELAY: text, OTEL_METRIC_EXPORT_INTERVAL: text };

  expect(spanExportSettings(env)).toEqual({});
  expect(metricExportSettings(env)).toEqual({});
});
