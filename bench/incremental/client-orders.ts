import { startClientOrders } from '@tidemark/simulators';
import { fastSource, jsonArray, LATENCY_MS, type MeasuredSource } from './measured-source.ts';

const KEY = 'bench-key';
const FIRST_MONTH = '2025-01';
const jobs = [2151, 2152].flatMap((client) =>
  (['pedidos', 'notas'] as const).map((route) => ({ client, route })),
);

/** Four jobs, about two years month by month; what changed is in the newest two months. */
export async function startClientOrdersSource(): Promise<MeasuredSource> {
  const today = new Date();
  const lastDay = today.toISOString().slice(0, 10);
  const source = await startClientOrders({
    latencyMs: LATENCY_MS,
    apiKey: KEY,
    firstDay: `${FIRST_MONTH}-01`,
    lastDay,
    perDay: 6,
  });
  // A raw table keeps every content that was ever read, so what was there before a change stays.
  const known = new Set<string>();
  const contents = (): string[] =>
    jobs.flatMap(({ client, route }) => source.control.content(client, route));
  return {
    collectors: [
      {
        name: 'client-orders',
        yaml: `
extends: client-orders
source: { baseUrl: '${source.url}', ${fastSource} }
incremental: { from: '${FIRST_MONTH}' }
`,
        expected: () => {
          for (const text of contents()) known.add(text);
          return jsonArray([...known]);
        },
        actual: jobs
          .map(
            ({ client, route }) =>
              `select payload - 'consultado_em' as content from public.dados_raw_cliente_${client}_${route}`,
          )
          .join(' union all '),
      },
    ],
    secrets: {
      TIDEMARK_SECRET_CLIENT_ORDERS: KEY,
      TIDEMARK_SECRET_CLIENT_ORDERS_HOSTS: '127.0.0.1',
    },
    counts: () => source.stats,
    change: () => {
      const lastMonth = new Date(Date.UTC(today.getUTCFullYear(), today.getUTCMonth() - 1, 1));
      const days = { from: lastMonth.toISOString().slice(0, 10), to: lastDay };
      let revised = 0;
      let added = 0;
      for (const job of jobs) {
        revised += source.control.revise({ ...job, ...days, count: 12 }).length;
        added += source.control.add({ ...job, day: lastDay, count: 5 }).length;
      }
      return `${revised} records of the newest two months changed, ${added} new`;
    },
    [Symbol.asyncDispose]: () => source.stop(),
  };
}
