import { defineConfig } from 'vitest/config';

const globalSetup = ['libs/testkit/src/global-setup.ts'];
const elsewhere = ['**/node_modules/**', '.tidemark/**'];

// Tests on a NATS server of the user's own share its streams, so they take turns.
const workers = (process.env['NATS_URL'] ?? '') === '' ? 2 : 1;

export default defineConfig({
  test: {
    allowOnly: process.env['CI'] === undefined,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['**/*.test.ts'],
          exclude: [...elsewhere, '**/*.int.test.ts', '**/*.e2e.test.ts'],
          setupFiles: ['test/property-runs.ts'],
          // They test functions: a process for each file would take three times as long.
          isolate: false,
          // The longest take half a second; a machine that does much else may need many times that.
          testTimeout: 30_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'int',
          include: ['**/*.int.test.ts'],
          exclude: elsewhere,
          globalSetup,
          testTimeout: 30_000,
          hookTimeout: 60_000,
          maxWorkers: workers,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.e2e.test.ts'],
          exclude: elsewhere,
          globalSetup,
          testTimeout: 180_000,
          hookTimeout: 180_000,
          // Two stacks at a time: most of their tests wait for an outage to end.
          maxWorkers: workers,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
