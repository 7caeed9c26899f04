import { expect, test } from 'vitest';
import { serviceName } from './service-name.ts';

test('a service is named after the package in its folder', () => {
  expect(serviceName(new URL('..', import.meta.url).pathname)).toBe('tidemark-telemetry');
});

test('a folder without a package gives the name of the whole', () => {
  expect(serviceName('/nowhere')).toBe('tidemark');
});
