import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { unlessAborted } from './unless-aborted.ts';

const never = new AbortController().signal;

test('work that ends first is what counts', async () => {
  const failed = Promise.reject(new Error('failed'));

  expect(await unlessAborted(never, Promise.resolve(1))).toBe(1);
  await expect(unlessAborted(never, failed)).rejects.toThrow('failed');
});

test('a signal that aborts does not wait for the work', async () => {
  const stop = new AbortController();
  const waiting = unlessAborted(stop.signal, new Promise(() => {}));

  stop.abort(new Error('stopped'));

  await expect(waiting).rejects.toThrow('stopped');
});

test.each(['before', 'after'])(
  'work that was left may fail %s the abort: nobody is told',
  async (when) => {
    const unhandled: unknown[] = [];
    const onUnhandled = (error: unknown): void => void unhandled.push(error);
    process.on('unhandledRejection', onUnhandled);
    onTestFinished(() => void process.off('unhandledRejection', onUnhandled));
    const stop = new AbortController();
    const { promise: work, reject: fail } = Promise.withResolvers<never>();
    if (when === 'before') fail(new Error('unheard'));

    stop.abort(new Error('stopped'));
    await expect(unlessAborted(stop.signal, work)).rejects.toThrow('stopped');
    fail(new Error('unheard'));
    await setImmediate();

    expect(unhandled).toEqual([]);
  },
);
