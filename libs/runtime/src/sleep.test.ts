import { expect, test } from 'vitest';
import { sleep } from './sleep.ts';

test('a sleep ends with the reason of the signal that aborts it', async () => {
  const stop = new AbortController();
  const asleep = sleep(60_000, stop.signal);

  stop.abort(new Error('enough'));

  await expect(asleep).rejects.toThrow('enough');
});

test('a signal that is aborted already lets nobody sleep', async () => {
  await expect(sleep(60_000, AbortSignal.abort(new Error('late')))).rejects.toThrow('late');
});

test('a sleep without a signal ends by itself', async () => {
  await expect(sleep(1)).resolves.toBeUndefined();
});
