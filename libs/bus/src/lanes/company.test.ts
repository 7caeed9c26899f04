import { expect, test } from 'vitest';
import { createCompany } from './company.ts';

const open = new AbortController().signal;

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('who is to be alone sends the others away, and waits until they are gone', async () => {
  const company = createCompany();
  const [first, second, third] = [company.take(), company.take(), company.take()];
  let isAlone = false;
  const alone = second.alone(open).then((end) => {
    isAlone = true;
    return end;
  });

  expect([first, second, third].map(({ sentAway }) => sentAway.aborted)).toEqual([
    true,
    false,
    true,
  ]);
  first.leave();
  await settled();
  expect(isAlone).toBe(false);
  third.leave();
  await alone;
  expect(isAlone).toBe(true);
});

test('of two that are to be alone the first one is, and the other goes back', async () => {
  const company = createCompany();
  const [first, second] = [company.take(), company.take()];
  const alone = first.alone(open);

  await expect(second.alone(open)).rejects.toThrow('another message');
  second.leave();
  await alone;
});

test('nothing comes while one is alone, and what came nevertheless goes back', async () => {
  const company = createCompany();
  const first = company.take();
  const end = await first.alone(open);
  const seen: string[] = [];
  const room = company.room(open).then(() => seen.push('room'));

  expect(company.take().sentAway.aborted).toBe(true);
  await settled();
  expect(seen).toEqual([]);
  end();
  await room;
  expect(company.take().sentAway.aborted).toBe(false);
});

test('a stop ends waiting for the others, and lets them come', async () => {
  const company = createCompany();
  const first = company.take();
  company.take();
  const stop = new AbortController();
  const alone = first.alone(stop.signal);

  stop.abort(new Error('stop'));

  await expect(alone).rejects.toThrow('stop');
  await company.room(open);
});
