import { PrometheusExporter, PrometheusSerializer } from '@opentelemetry/exporter-prometheus';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-proto';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { PinoInstrumentation } from '@opentelemetry/instrumentation-pino';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import {
  defaultResource,
  envDetector,
  hostDetector,
  resourceFromAttributes,
  serviceInstanceIdDetector,
} from '@opentelemetry/resources';
import { type IMetricReader, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics';
import { NodeSDK } from '@opentelemetry/sdk-node';
import {
  BatchSpanProcessor,
  NoopSpanProcessor,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace';
import { ATTR_SERVICE_NAME } from '@opentelemetry/semantic-conventions';
import { metricExportSettings, spanExportSettings } from './export-settings.ts';
import { InheritAttributes } from './inherit-attributes.ts';
import { rememberMetrics } from './prometheus.ts';
import { redactUrl, secretValues } from './redact-url.ts';
import { serviceName } from './service-name.ts';
import { rememberTelemetry } from './shutdown.ts';

/** An exporter that hangs longer would keep a stopping process from its end. */
const EXPORT_TIMEOUT_MS = 2_000;

/** Starts the SDK: metrics for Prometheus always, export by OTLP only to an endpoint that was set. */
export function startTelemetry(env: NodeJS.ProcessEnv): void {
  const sdk = new NodeSDK({
    // What the environment says (OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES) is merged later and wins.
    resource: defaultResource().merge(
      resourceFromAttributes({
        [ATTR_SERVICE_NAME]: serviceName(process.cwd()),
        'service.namespace': 'tidemark',
      }),
    ),
    resourceDetectors: [serviceInstanceIdDetector, hostDetector, envDetector],
    spanProcessors: spanProcessors(env),
    metricReaders: metricReaders(env),
    // Without this an exporter of logs to localhost would be made.
    logRecordProcessors: [],
    // A source has no business with our traces: between services they travel in message headers, by `context.ts`.
    textMapPropagator: null,
    instrumentations: instrumentations(env),
  });
  sdk.start();
  rememberTelemetry(sdk);
}

function spanProcessors(env: NodeJS.ProcessEnv): SpanProcessor[] {
  // Trace ids are made all the same: logs and tables show them.
  if (!endpointFor('TRACES', env)) return [new NoopSpanProcessor()];
  return [
    new InheritAttributes(),
    new BatchSpanProcessor({
      exporter: new OTLPTraceExporter({ timeoutMillis: EXPORT_TIMEOUT_MS }),
      ...spanExportSettings(env),
    }),
  ];
}

function metricReaders(env: NodeJS.ProcessEnv): IMetricReader[] {
  if (!endpointFor('METRICS', env)) return [prometheusReader()];
  const exporter = new OTLPMetricExporter({ timeoutMillis: EXPORT_TIMEOUT_MS });
  return [
    prometheusReader(),
    new PeriodicExportingMetricReader({ exporter, ...metricExportSettings(env) }),
  ];
}

/** A reader that opens no port of its own: the service's health server shows what it reads. */
function prometheusReader(): IMetricReader {
  const reader = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
  rememberMetrics(async () => serializer.serialize((await reader.collect()).resourceMetrics));
  return reader;
}

function endpointFor(signal: 'TRACES' | 'METRICS', env: NodeJS.ProcessEnv): string | undefined {
  if (env[`OTEL_${signal}_EXPORTER`] === 'none') return undefined;
  return env[`OTEL_EXPORTER_OTLP_${signal}_ENDPOINT`] || env['OTEL_EXPORTER_OTLP_ENDPOINT'];
}

function instrumentations(env: NodeJS.ProcessEnv): Instrumentation[] {
  const secrets = secretValues(env);
  return [
    new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
    new UndiciInstrumentation({
      requireParentforSpans: true,
      startSpanHook: ({ origin, path }) => {
        const url = redactUrl(new URL(path, origin), secrets);
        return { 'url.full': url.href, 'url.query': url.search };
      },
    }),
    new PinoInstrumentation({ disableLogSending: true }),
  ];
}
