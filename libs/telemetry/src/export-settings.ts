type Numbers<Name extends string> = { [name in Name]?: number };

/** How spans are handed in, as OTEL_BSP_… says; a processor that is made by hand does not look at the environment. */
export function spanExportSettings(
  env: NodeJS.ProcessEnv,
): Numbers<'scheduledDelayMillis' | 'exportTimeoutMillis' | 'maxQueueSize' | 'maxExportBatchSize'> {
  return {
    ...setting('scheduledDelayMillis', env['OTEL_BSP_SCHEDULE_DELAY']),
    ...setting('exportTimeoutMillis', env['OTEL_BSP_EXPORT_TIMEOUT']),
    ...setting('maxQueueSize', env['OTEL_BSP_MAX_QUEUE_SIZE']),
    ...setting('maxExportBatchSize', env['OTEL_BSP_MAX_EXPORT_BATCH_SIZE']),
  };
}

/** How metrics are handed in, as OTEL_METRIC_EXPORT_INTERVAL says. */
export function metricExportSettings(env: NodeJS.ProcessEnv): Numbers<'exportIntervalMillis'> {
  return setting('exportIntervalMillis', env['OTEL_METRIC_EXPORT_INTERVAL']);
}

/** What is no positive number counts as not set: telemetry must not keep a service from starting. */
function setting<Name extends string>(name: Name, text: string | undefined): Numbers<Name> {
  const value = Number(text);
  return value > 0 && Number.isFinite(value) ? ({ [name]: value } as Numbers<Name>) : {};
}
