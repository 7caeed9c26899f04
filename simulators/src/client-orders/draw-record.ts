import type { Random } from '../random.ts';

/** What the service has routes for. */
export const routes = ['pedidos', 'notas'] as const;
export type Route = (typeof routes)[number];

/** One record of a client as it is now. */
export interface ClientRecord {
  id: number;
  /** Its day, `YYYY-MM-DD`, which never changes. */
  day: string;
  /** JSON members between `id` and the end, digits as they are sent. */
  members: string;
}

const people = ['Ana Souza', 'Bruno Álvares', 'Conceição Reis', 'Davi "Dudu" Lima', 'Érica Prado'];
const states = ['aberto', 'pago', 'enviado', 'entregue', 'cancelado'];
const cities = ['Recife', 'São Paulo', 'Belém', 'Curitiba'];

/** Draws a record of a route; the same sequence of numbers gives the same record. */
export function drawRecord(random: Random, route: Route, id: number, day: string): ClientRecord {
  return { id, day, members: route === 'pedidos' ? order(random, day) : invoice(random, day) };
}

/** Written by hand: amounts keep their zeros and moments their microseconds. */
function order(random: Random, day: string): string {
  return [
    `"numero":"P-${digits(random, 9)}"`,
    `"cliente_final":{"nome":${JSON.stringify(random.pick(people))},"cidade":"${random.pick(cities)}"}`,
    `"situacao":"${random.pick(states)}"`,
    `"valor_total":${amount(random)}`,
    `"itens":[${Array.from({ length: 1 + random.whole(3) }, () => item(random)).join(',')}]`,
    `"observacao":${random.happens(0.7) ? 'null' : JSON.stringify(`ligar antes, apto ${random.whole(90)}`)}`,
    `"atualizado_em":"${day}T${moment(random)}-03:00"`,
  ].join(',');
}

function invoice(random: Random, day: string): string {
  return [
    `"chave":"${digits(random, 44)}"`,
    `"serie":${1 + random.whole(9)}`,
    `"valor":${amount(random)}`,
    `"imposto":${amount(random)}`,
    `"situacao":"${random.happens(0.05) ? 'cancelada' : 'autorizada'}"`,
    `"emitida_em":"${day}T${moment(random)}-03:00"`,
  ].join(',');
}

function item(random: Random): string {
  return `{"sku":"SKU-${digits(random, 5)}","quantidade":${1 + random.whole(9)},"preco":${amount(random)}}`;
}

function amount(random: Random): string {
  return `${random.whole(5_000)}.${digits(random, 2)}`;
}

function moment(random: Random): string {
  const [hour, minute, second] = [random.whole(24), random.whole(60), random.whole(60)];
  return `${[hour, minute, second].map((each) => String(each).padStart(2, '0')).join(':')}.${digits(random, 6)}`;
}

function digits(random: Random, count: number): string {
  return Array.from({ length: count }, () => random.whole(10)).join('');
}
