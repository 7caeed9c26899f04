import { afterEach, expect, test } from 'vitest';
import type { ClientOrdersOptions, ClientOrdersSimulator } from '../src/index.ts';
import { startClientOrders } from '../src/index.ts';

const started: ClientOrdersSimulator[] = [];

async function start(options: ClientOrdersOptions = {}): Promise<ClientOrdersSimulator> {
  const simulator = await startClientOrders(options);
  started.push(simulator);
  return simulator;
}

afterEach(async () => {
  for (const simulator of started.splice(0)) await simulator.stop();
});

interface Page {
  total_registros: number;
  total_paginas: number;
  ha_mais: boolean;
  registros: { id: number; data: string; consultado_em: string }[];
}

const january = 'data_inicial=2025-01-01&data_final=2025-01-31';

async function get(simulator: ClientOrdersSimulator, target: string): Promise<Page> {
  const answer = await fetch(`${simulator.url}${target}`);
  expect(answer.status, target).toBe(200);
  return (await answer.json()) as Page;
}

test('the pages of a period hold each of its records once, by day and id', async () => {
  const simulator = await start();

  const pages: Page[] = [];
  for (let page = 1; pages.at(-1)?.ha_mais !== false; page += 1) {
    pages.push(await get(simulator, `/2151/pedidos?${january}&pagina=${page}`));
  }

  const ids = pages.flatMap(({ registros }) => registros.map(({ id }) => id));
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids).toHaveLength(pages[0]?.total_registros ?? 0);
  expect(pages[0]?.registros).toHaveLength(150);
  const kept = simulator.control
    .content(2151, 'pedidos')
    .map((text) => JSON.parse(text) as { id: number; data: string })
    .filter(({ data }) => data >= '2025-01-01');
  expect(ids).toEqual(kept.map(({ id }) => id));
});

test.each([
  ['/2151/pedidos', 400],
  ['/2151/pedidos?data_inicial=2025-01-01', 400],
  ['/2151/pedidos?data_inicial=01/01/2025&data_final=2025-01-31', 400],
  ['/2151/pedidos?data_inicial=2025-02-30&data_final=2025-03-31', 400],
  ['/2151/pedidos?data_inicial=2025-02-01&data_final=2025-01-31', 400],
  ['/2151/pedidos?data_inicial=2024-01-01&data_final=2025-01-31', 400],
  [`/2151/pedidos?${january}&pagina=0`, 400],
  [`/2151/pedidos?${january}&por_pagina=151`, 400],
  [`/2151/pedidos?${january}&data_inicial=2025-01-01`, 400],
  [`/2151/pedidos?${january}&status=pago`, 400],
  [`/9/pedidos?${january}`, 404],
  [`/2151/produtos?${january}`, 404],
  [`/2151?${january}`, 404],
])('%s is refused with %s and a reason', async (target, status) => {
  const simulator = await start();

  const answer = await fetch(`${simulator.url}${target}`);

  expect(answer.status).toBe(status);
  expect(await answer.json()).toEqual({ erro: expect.any(String) });
});

test('a key is asked for where there is one', async () => {
  const simulator = await start({ apiKey: 'chave' });
  const target = `${simulator.url}/2151/notas?${january}`;

  expect((await fetch(target)).status).toBe(401);
  expect((await fetch(target, { headers: { 'x-api-key': 'chave' } })).status).toBe(200);
});

test('a period may bring a stray record, and pages may repeat one', async () => {
  const simulator = await start({ hasStrays: true, hasRepeats: true });

  const first = await get(simulator, `/2151/pedidos?${january}`);
  const second = await get(simulator, `/2151/pedidos?${january}&pagina=2`);

  expect(first.registros.at(-1)?.data).toBe('2024-12-31');
  expect(second.registros[0]?.id).toBe(first.registros[149]?.id);
});

test('a period may grow while it is paged', async () => {
  const simulator = await start({ growingRows: 1 });

  const first = await get(simulator, `/2151/pedidos?${january}`);
  const second = await get(simulator, `/2151/pedidos?${january}&pagina=2`);
  const third = await get(simulator, `/2151/pedidos?${january}&pagina=3`);

  expect(second.total_registros).toBe(first.total_registros + 1);
  expect(third.total_registros).toBe(second.total_registros);
});

test('a revision changes what was drawn and keeps its day', async () => {
  const simulator = await start();
  const before = simulator.control.content(2152, 'notas');

  const revised = simulator.control.revise({
    client: 2152,
    route: 'notas',
    from: '2025-01-10',
    to: '2025-01-20',
    count: 7,
  });

  const after = simulator.control.content(2152, 'notas');
  expect(revised).toHaveLength(7);
  expect(after.filter((text, at) => text !== before[at])).toHaveLength(7);
  expect(revised.every(({ day }) => day >= '2025-01-10' && day <= '2025-01-20')).toBe(true);
});
