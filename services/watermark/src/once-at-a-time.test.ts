import { expect, test } from 'vitest';
import { OnceAtATime } from './once-at-a-time.ts';

test('work of one key never overlaps, and what is asked for meanwhile is done once more', async () => {
  const work = new OnceAtATime();
  const gates = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let started = 0;
  const task = async (): Promise<void> => {
    const gate = gates[started];
    started += 1;
    await gate?.promise;
  };

  for (let asked = 0; asked < 5; asked += 1) work.run('a', task);
  expect(started).toBe(1);
  for (const gate of gates) gate.resolve();
  await work.idle();

  expect(started).toBe(2);
});

test('keys do not wait for each other', async () => {
  const work = new OnceAtATime();
  const gate = Promise.withResolvers<void>();
  const seen: string[] = [];

  work.run('a', () => gate.promise);
  work.run('b', async () => void seen.push('b'));
  expect(seen).toEqual(['b']);
  gate.resolve();
  await work.idle();
});
