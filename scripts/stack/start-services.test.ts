import { expect, test } from 'vitest';
import { serviceEnv } from './start-services.ts';

const env = {
  TIDEMARK_SECRET_GITHUB: 'hidden',
  TIDEMARK_SECRET_GITHUB_HOSTS: 'api.github.com',
  TIDEMARK_LANES: '8',
  OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  OTEL_SERVICE_NAME: 'mine',
  OTHER: 'x',
  TIDEMARK_LOG_LEVEL: undefined,
};

test('secrets of sources are given to the extractor and to no other service', () => {
  const secrets = (given: Record<string, string>): string[] =>
    Object.keys(given).filter((name) => name.includes('SECRET'));

  expect(secrets(serviceEnv('extractor', env))).toHaveLength(2);
  for (const name of ['watermark', 'transformer', 'loader'] as const) {
    expect(secrets(serviceEnv(name, env))).toEqual([]);
  }
});

test('settings of ours and of OpenTelemetry are passed on, but no name that all services would share', () => {
  expect(serviceEnv('loader', env)).toEqual({
    TIDEMARK_LANES: '8',
    OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318',
  });
});
