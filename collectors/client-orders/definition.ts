import { defineCollector } from '@tidemark/collector-sdk/define';

/** Orders and invoices of clients: each client and route is a job with a raw table of its own. */
export const clientOrders = defineCollector({
  name: 'client-orders',
  description: 'Orders and invoices of clients, by client, route and month, as they came.',
  source: {
    name: 'client-orders',
    // Nobody's address: the service is each user's own. Extend this definition with it.
    baseUrl: 'https://orders.example.com',
    auth: { kind: 'api-key', in: 'header', name: 'x-api-key', secret: 'CLIENT_ORDERS' },
    rate: { requests: 5, per: '1s' },
    attempts: 5,
    retryDelay: '2500ms',
  },
  partitions: { product: { client: [2151, 2152], route: ['pedidos', 'notas'] } },
  request: {
    path: '/{client}/{route}',
    query: { data_inicial: '{first_day}', data_final: '{last_day}' },
    records: 'registros',
  },
  paginate: {
    kind: 'page',
    param: 'pagina',
    start: 1,
    size: { param: 'por_pagina', value: 150 },
    // Not the total: the newest month grows while it is paged.
    more: 'ha_mais',
  },
  incremental: {
    kind: 'periods',
    unit: 'month',
    from: '2024-01',
    recent: 2,
    maxAgeDays: 30,
    perChunk: 1,
  },
  target: {
    kind: 'raw',
    table: 'dados_raw_cliente_{client}_{route}',
    referenceDate: 'data',
    // Says when it was asked for, and would make every payload a new one.
    volatile: ['consultado_em'],
  },
  limits: { concurrency: 4 },
});
