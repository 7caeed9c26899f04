import { expect, test } from 'vitest';
import { waitFor } from './wait-for.ts';

test('gives the truthy value of the condition', async () => {
  let asked = 0;

  const value = await waitFor(() => (asked++ > 2 ? { asked } : undefined), { what: 'a value' });

  expect(value).toEqual({ asked: 4 });
});

test('a condition that throws is asked again', async () => {
  let asked = 0;
  const condition = async (): Promise<string> => {
    if (asked++ < 2) throw new Error('not yet there');
    return 'there';
  };

  expect(await waitFor(condition, { what: 'it' })).toBe('there');
});

test('says what was waited for and what was seen last', async () => {
  await expect(waitFor(() => 0, { what: 'three rows', timeoutMs: 50 })).rejects.toThrow(
    'waited 50 ms for three rows; at last it was 0',
  );
  const failing = async (): Promise<never> => {
    throw new Error('no table');
  };
  await expect(waitFor(failing, { what: 'three rows', timeoutMs: 50 })).rejects.toThrow(
    'at last it threw Error: no table',
  );
});
