import { expect, test } from 'vitest';
import { firstTask } from './first-task.ts';

test.each([
  { version: undefined, deliveries: 1, kind: 'handle' },
  { version: '1', deliveries: 1, kind: 'handle' },
  { version: '1', deliveries: 19, kind: 'handle' },
  { version: '1', deliveries: 20, kind: 'end', code: 'MESSAGE_POISON' },
  { version: '1', deliveries: 21, kind: 'end', code: 'MESSAGE_POISON' },
  { version: '2', deliveries: 1, kind: 'handle' },
  { version: '3', deliveries: 1, kind: 'handle' },
  { version: '99', deliveries: 1, kind: 'hold' },
  { version: '99', deliveries: 40, kind: 'hold' },
  { version: 'x', deliveries: 1, kind: 'end', code: 'MESSAGE_INVALID' },
  { version: '0', deliveries: 1, kind: 'end', code: 'MESSAGE_INVALID' },
])('version $version, delivery $deliveries: $kind $code', ({ version, deliveries, kind, code }) => {
  const task = firstTask({ subject: 's', deliveries, get: () => version }, 20);

  expect(task.kind).toBe(kind);
  if (task.kind === 'end') expect(task.error.code).toBe(code);
});
