import { expect, test } from 'vitest';
import { describeError } from './describe-error.ts';
import { TransientError } from './errors.ts';

test('an error is told with its code and its causes, without a driver’s own fields', () => {
  const cause = Object.assign(new Error('duplicate key'), {
    code: '23505',
    detail: 'Key (mail)=(a@b.c)',
  });
  const error = new TransientError('DATABASE_UNAVAILABLE', 'PostgreSQL is away', { cause });

  const told = describeError(error);

  expect(told).toMatchObject({
    type: 'TransientError',
    code: 'DATABASE_UNAVAILABLE',
    message: 'PostgreSQL is away',
    cause: { type: 'Error', code: '23505', message: 'duplicate key' },
  });
  expect(JSON.stringify(told)).not.toContain('a@b.c');
});

test('a cause that leads back to itself ends', () => {
  const error = new Error('round');
  error.cause = error;

  expect(() => JSON.stringify(describeError(error))).not.toThrow();
});

test('what is no error is told too', () => {
  expect(describeError('oops')).toEqual({ type: 'string', message: 'oops' });
});
