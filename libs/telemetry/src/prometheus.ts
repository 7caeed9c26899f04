type MetricsText = () => Promise<string>;

let metricsText: MetricsText | undefined;

/** Tells how the metrics of this process are read. */
export function rememberMetrics(text: MetricsText): void {
  metricsText = text;
}

/** Gives the metrics of this process as Prometheus reads them; undefined when telemetry is off. */
export function prometheusHandler(): MetricsText | undefined {
  return metricsText;
}
