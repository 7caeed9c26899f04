import { expect, it } from 'vitest';
import { readConfig } from './config.ts';

it('has a default for every setting', () => {
  expect(readConfig({})).toMatchObject({
    lanes: 4,
    ackWaitMs: 30_000,
    httpPort: 0,
    poisonDeliveries: 20,
  });
});

it('reports all mistakes at once', () => {
  expect(() => readConfig({ TIDEMARK_LANES: '0', TIDEMARK_HTTP_PORT: 'x' })).toThrow(
    /TIDEMARK_HTTP_PORT[^]*TIDEMARK_LANES/,
  );
});
