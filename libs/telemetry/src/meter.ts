import { type Meter, metrics } from '@opentelemetry/api';

/** The instruments of one part, for example `tidemark.bus`. */
export function meter(name: string): Meter {
  return metrics.getMeter(name);
}
