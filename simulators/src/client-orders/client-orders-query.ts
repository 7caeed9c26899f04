/** A valid question for the records of some days. */
export interface ClientOrdersQuery {
  client: number;
  route: string;
  /** First and last day, both asked for. */
  from: string;
  to: string;
  page: number;
  size: number;
}

/** Why a question is not answered. */
export interface ClientOrdersRefusal {
  status: 400 | 404;
  problem: string;
}

/** The largest page, and the default one. */
export const maxPageRows = 150;

/** The longest period that is answered. */
const maxDays = 92;

const known = ['data_inicial', 'data_final', 'pagina', 'por_pagina'];

class Refused extends Error {
  readonly refusal: ClientOrdersRefusal;

  constructor(status: ClientOrdersRefusal['status'], problem: string) {
    super(problem);
    this.refusal = { status, problem };
  }
}

/** Reads `/{cliente}/{rota}` and its parameters; unknown, repeated and malformed ones are refused. */
export function readClientOrdersQuery(
  path: string,
  parameters: URLSearchParams,
): ClientOrdersQuery | ClientOrdersRefusal {
  try {
    return read(path, readParameters(parameters));
  } catch (error) {
    if (error instanceof Refused) return error.refusal;
    throw error;
  }
}

function read(path: string, given: Map<string, string>): ClientOrdersQuery {
  const [, client, route] = /^\/(\d{1,9})\/([a-z]+)$/.exec(path) ?? [];
  if (client === undefined || route === undefined) {
    throw new Refused(404, 'o caminho é /{cliente}/{rota}');
  }
  const from = readDay('data_inicial', given.get('data_inicial'));
  const to = readDay('data_final', given.get('data_final'));
  const days = (Date.parse(to) - Date.parse(from)) / 86_400_000 + 1;
  if (days < 1) throw new Refused(400, 'data_final é anterior a data_inicial');
  if (days > maxDays) throw new Refused(400, `o período tem ${days} dias; o máximo é ${maxDays}`);
  return {
    client: Number(client),
    route,
    from,
    to,
    page: readWhole('pagina', given.get('pagina') ?? '1', 100_000),
    size: readWhole('por_pagina', given.get('por_pagina') ?? String(maxPageRows), maxPageRows),
  };
}

function readParameters(parameters: URLSearchParams): Map<string, string> {
  const given = new Map<string, string>();
  for (const [name, value] of parameters) {
    if (!known.includes(name)) throw new Refused(400, `parâmetro desconhecido: ${name}`);
    if (given.has(name)) throw new Refused(400, `parâmetro repetido: ${name}`);
    given.set(name, value);
  }
  return given;
}

function readDay(name: string, text: string | undefined): string {
  if (text === undefined) throw new Refused(400, `falta o parâmetro ${name}`);
  const atMs = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  const isDay = !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(text);
  if (!isDay) throw new Refused(400, `${name} não é uma data AAAA-MM-DD: ${text}`);
  return text;
}

function readWhole(name: string, text: string, max: number): number {
  const value = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > max) throw new Refused(400, `${name} vai de 1 a ${max}: ${text}`);
  return value;
}
