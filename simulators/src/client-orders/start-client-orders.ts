import type { Answer } from '../server/answer.ts';
import { jsonAnswer } from '../server/answer.ts';
import type { SimulatorRequest } from '../server/request.ts';
import type { ServerOptions, Simulator } from '../server/start-server.ts';
import { startServer } from '../server/start-server.ts';
import { ClientOrdersContent } from './client-orders-content.ts';
import type { ClientOrdersControl } from './client-orders-control.ts';
import { clientOrdersRoutes, makeClientOrdersControl } from './client-orders-control.ts';
import type { ClientOrdersQuery } from './client-orders-query.ts';
import { readClientOrdersQuery } from './client-orders-query.ts';
import type { ClientRecord, Route } from './draw-record.ts';
import { routes } from './draw-record.ts';

/** How the simulated service behaves. */
export interface ClientOrdersOptions extends ServerOptions {
  /** Draws the records; 1 when absent. */
  seed?: number;
  /** 2151 and 2152 when absent. */
  clients?: readonly number[];
  /** First and last day with records, `YYYY-MM-DD`; December 2024 and January 2025 when absent. */
  firstDay?: string;
  lastDay?: string;
  /** Records of one client and route on one day, at least; 10 when absent. */
  perDay?: number;
  /** The key that requests need in `x-api-key`; none when absent. */
  apiKey?: string;
  /** Every first page has a record of the day before, if there is one, as well. */
  hasStrays?: boolean;
  /** Every page but the first begins with the last record of the page before. */
  hasRepeats?: boolean;
  /** So many records are added to the last day asked for while its period is paged: one for each page but the first. */
  growingRows?: number;
}

/** A running simulator of the clients' order service. */
export type ClientOrdersSimulator = Simulator<ClientOrdersControl>;

/** Starts a service of orders and invoices by client, as seen by its users. */
export async function startClientOrders(
  options: ClientOrdersOptions = {},
): Promise<ClientOrdersSimulator> {
  const service = new ClientOrdersService(options);
  return startServer(
    {
      answer: (request) => service.answer(request),
      control: service.control,
      routes: {
        changes: clientOrdersRoutes(service.control),
        content: () => service.everything(),
      },
    },
    options,
  );
}

const defaults = { seed: 1, firstDay: '2024-12-01', lastDay: '2025-01-31', perDay: 10 };

class ClientOrdersService {
  readonly control: ClientOrdersControl;
  readonly #options: ClientOrdersOptions;
  readonly #clients: readonly number[];
  readonly #content: ClientOrdersContent;
  readonly #clock: () => number;
  #toGrow: number;

  constructor(options: ClientOrdersOptions) {
    this.#options = options;
    this.#clients = options.clients ?? [2151, 2152];
    this.#content = new ClientOrdersContent({ ...defaults, ...options, clients: this.#clients });
    this.#clock = options.clock ?? Date.now;
    this.#toGrow = options.growingRows ?? 0;
    this.control = makeClientOrdersControl(this.#content, (record) => `{${membersOf(record)}}`);
  }

  answer(request: SimulatorRequest): Answer {
    const { apiKey } = this.#options;
    if (apiKey !== undefined && request.headers['x-api-key'] !== apiKey) {
      return jsonAnswer(401, { erro: 'chave ausente ou inválida' });
    }
    const query = readClientOrdersQuery(request.path, request.query);
    if ('problem' in query) return jsonAnswer(query.status, { erro: query.problem });
    if (!this.#content.hasClient(query.client)) {
      return jsonAnswer(404, { erro: `cliente ${query.client} não existe` });
    }
    this.#growFor(query);
    const records = this.#content.find(query.client, query.route);
    if (!records) return jsonAnswer(404, { erro: `a rota ${query.route} não existe` });
    return this.#page(query, records);
  }

  everything(): string {
    const named = this.#clients.flatMap((client) =>
      routes.map((route) => {
        return `"${client}/${route}":[${this.control.content(client, route).join(',')}]`;
      }),
    );
    return `{${named.join(',')}}`;
  }

  #page(query: ClientOrdersQuery, records: readonly ClientRecord[]): Answer {
    const { page, size, from, to } = query;
    const matching = records.filter(({ day }) => day >= from && day <= to);
    const start = (page - 1) * size;
    const served = matching.slice(start, start + size);
    const first = matching[start - 1];
    const repeated = this.#options.hasRepeats && served.length > 0 && first ? [first] : [];
    const before = records.findLast(({ day }) => day < from);
    const strays = this.#options.hasStrays && page === 1 && before ? [before] : [];
    const rows = [...repeated, ...served, ...strays];
    const askedAt = new Date(this.#clock()).toISOString();
    const texts = rows.map((row) => `{${membersOf(row)},"consultado_em":"${askedAt}"}`);
    return {
      status: 200,
      contentType: 'application/json',
      body:
        `{"pagina":${page},"total_paginas":${Math.ceil(matching.length / size)},` +
        `"total_registros":${matching.length},"ha_mais":${start + size < matching.length},` +
        `"registros":[${texts.join(',')}]}`,
      recordRows: rows.length,
    };
  }

  #growFor({ client, route, to, page }: ClientOrdersQuery): void {
    const known = routes.find((each): each is Route => each === route);
    if (page === 1 || this.#toGrow === 0 || !known) return;
    this.#toGrow -= 1;
    this.#content.add(client, known, to, 1);
  }
}

function membersOf({ id, day, members }: ClientRecord): string {
  return `"id":${id},"data":"${day}",${members}`;
}
