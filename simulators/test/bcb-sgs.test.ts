import { afterEach, expect, test } from 'vitest';
import type { BcbSgsOptions, BcbSgsSimulator } from '../src/index.ts';
import { startBcbSgs } from '../src/index.ts';

let nowMs = Date.UTC(2024, 5, 14, 22);
const started: BcbSgsSimulator[] = [];

async function start(options: BcbSgsOptions = {}): Promise<BcbSgsSimulator> {
  nowMs = Date.UTC(2024, 5, 14, 22);
  const simulator = await startBcbSgs({ clock: () => nowMs, ...options });
  started.push(simulator);
  return simulator;
}

afterEach(async () => {
  for (const simulator of started.splice(0)) await simulator.stop();
});

const ask = async ({ url }: BcbSgsSimulator, target: string): Promise<Response> =>
  fetch(`${url}/dados/serie/bcdata.sgs.${target}`);

async function rows(simulator: BcbSgsSimulator, target: string) {
  const answer = await ask(simulator, target);
  expect(answer.status, target).toBe(200);
  return (await answer.json()) as { data: string; valor: string; datafim?: string }[];
}

test('a window takes in both of its ends, working days only, decimals as texts', async () => {
  const simulator = await start();

  const values = await rows(
    simulator,
    '1/dados?formato=json&dataInicial=31/05/2024&dataFinal=04/06/2024',
  );

  expect(values.map(({ data }) => data)).toEqual(['31/05/2024', '03/06/2024', '04/06/2024']);
  for (const { valor } of values) expect(valor).toMatch(/^\d\.\d{4}$|^\d{2}\.\d{4}$/);
});

test('values of a month are dated to its first day and come weeks later', async () => {
  const simulator = await start();

  const values = await rows(simulator, '433/dados?formato=json&dataInicial=01/01/2024');
  expect(values.map(({ data }) => data)).toEqual([
    '01/01/2024',
    '01/02/2024',
    '01/03/2024',
    '01/04/2024',
    '01/05/2024',
  ]);
  nowMs = Date.UTC(2024, 5, 9, 22);
  expect(await rows(simulator, '433/dados?formato=json&dataInicial=01/01/2024')).toHaveLength(4);
});

test('some series tell until when a value holds', async () => {
  const simulator = await start();

  const [value] = await rows(
    simulator,
    '195/dados?formato=json&dataInicial=03/06/2024&dataFinal=03/06/2024',
  );

  expect(value).toMatchObject({ data: '03/06/2024', datafim: '03/07/2024' });
});

test.each([
  ['1/dados?formato=json', 406, 'error'],
  ['1/dados?formato=json&dataInicial=13/06/2014', 406, 'error'],
  ['1/dados?formato=json&dataInicial=13/06/2014&dataFinal=14/06/2024', 406, 'error'],
  ['1/dados/ultimos/21?formato=json', 400, 'erro'],
  ['1/dados?formato=json&dataInicial=2024-06-01', 400, 'erro'],
  ['1/dados?formato=json&dataInicial=31/02/2024', 400, 'erro'],
  ['1/dados?formato=json&dataInicial=02/01/2024&dataFinal=01/01/2024', 400, 'erro'],
  ['1/dados?formato=json&dataInicial=01/01/1980&dataFinal=01/01/1981', 404, 'erro'],
])('%s is refused with %i and "%s"', async (target, status, shape) => {
  const answer = await ask(await start(), target);

  expect(answer.status).toBe(status);
  expect(Object.keys((await answer.json()) as object)).toContain(shape);
});

test.each([
  ['1/dados?formato=json&dataInicial=14/06/2014', 200],
  ['433/dados?formato=json', 200],
  ['1/dados/ultimos/20?formato=json', 200],
  ['999/dados?formato=json', 404],
  ['1/dados?formato=csv', 501],
  ['1/dados?formato=json&limit=5', 501],
])('%s is answered %i', async (target, status) => {
  expect((await ask(await start(), target)).status).toBe(status);
});

test('a revision changes just those values', async () => {
  const simulator = await start();
  const before = new Map(
    simulator.control.content().map((row) => [`${row.code} ${row.day}`, row.value]),
  );

  const revised = simulator.control.revise(24_363, { count: 3, withinDays: 365 });

  const changed = simulator.control
    .content()
    .filter((row) => before.get(`${row.code} ${row.day}`) !== row.value);
  expect(new Set(changed.map(({ day }) => day))).toEqual(new Set(revised.map(({ day }) => day)));
  expect(changed).toHaveLength(3);
});

test('quirks come as often as told', async () => {
  const simulator = await start({ xmlErrorShare: 1 });

  expect(await (await ask(simulator, '1/dados/ultimos/1?formato=json')).text()).toMatch(/^<\?xml/);
});
