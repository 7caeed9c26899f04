import { expect, test } from 'vitest';
import { createGate, type Gate, type Leave } from './gate.ts';

const open = new AbortController().signal;

/** Asks for a place and tells by the list who has entered. */
function ask(gate: Gate, name: string, entered: string[], alone = false): Promise<Leave> {
  const place = alone ? gate.exclusive(open) : gate.enter(open);
  return place.then((leave) => {
    entered.push(name);
    return leave;
  });
}

async function settled(): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
}

test('no more enter than there are places, in the order of asking', async () => {
  const gate = createGate(2);
  const entered: string[] = [];
  const places = ['a', 'b', 'c', 'd'].map((name) => ask(gate, name, entered));

  await settled();
  expect(entered).toEqual(['a', 'b']);

  (await places[1])?.();
  await settled();
  expect(entered).toEqual(['a', 'b', 'c']);
});

test('who must be alone waits for all to leave, and nobody overtakes', async () => {
  const gate = createGate(3);
  const entered: string[] = [];
  const first = ask(gate, 'first', entered);
  const alone = ask(gate, 'alone', entered, true);
  const later = ask(gate, 'later', entered);

  await settled();
  expect(entered).toEqual(['first']);

  (await first)();
  await settled();
  expect(entered).toEqual(['first', 'alone']);

  (await alone)();
  await later;
  expect(entered).toEqual(['first', 'alone', 'later']);
});

test('a place that is given back twice is one place', async () => {
  const gate = createGate(1);
  const entered: string[] = [];
  const leave = await gate.enter(open);

  leave();
  leave();
  void ask(gate, 'a', entered);
  void ask(gate, 'b', entered);
  await settled();

  expect(entered).toEqual(['a']);
});

test('who gives up waiting does not stand in the way', async () => {
  const gate = createGate(2);
  const entered: string[] = [];
  const impatient = new AbortController();
  await gate.enter(open);
  const alone = gate.exclusive(impatient.signal);
  void ask(gate, 'behind', entered);

  impatient.abort(new Error('enough'));

  await expect(alone).rejects.toThrow('enough');
  await settled();
  expect(entered).toEqual(['behind']);
});

test('there is room when somebody has left, and none while one is alone', async () => {
  const gate = createGate(1);
  const seen: string[] = [];
  const leave = await gate.exclusive(open);
  const room = gate.room(open).then(() => seen.push('room'));

  await settled();
  expect(seen).toEqual([]);

  leave();
  await room;
  expect(seen).toEqual(['room']);
});

test('waiting for room ends with the signal', async () => {
  const gate = createGate(1);
  await gate.enter(open);
  const stop = new AbortController();
  const room = gate.room(stop.signal);

  stop.abort(new Error('stop'));

  await expect(room).rejects.toThrow('stop');
});
