import { Random } from '../random.ts';
import type { ClientRecord, Route } from './draw-record.ts';
import { drawRecord, routes } from './draw-record.ts';

/** What the service holds at first. */
export interface ContentOptions {
  seed: number;
  clients: readonly number[];
  /** First and last day, `YYYY-MM-DD`. */
  firstDay: string;
  lastDay: string;
  /** Records of one client and route on one day: this many, or one more. */
  perDay: number;
}

const dayMs = 86_400_000;

/** The records of all clients and routes, each list in the order of day and id. */
export class ClientOrdersContent {
  readonly #random: Random;
  readonly #lists = new Map<string, ClientRecord[]>();
  #nextId = 700_000_001;

  constructor(options: ContentOptions) {
    this.#random = new Random(options.seed);
    const days = daysBetween(options.firstDay, options.lastDay);
    for (const client of options.clients) {
      for (const route of routes) {
        const list: ClientRecord[] = [];
        this.#lists.set(nameOf(client, route), list);
        for (const day of days) this.#append(list, route, day, options);
      }
    }
  }

  /** The list of a client and a route; undefined when there is no such client or route. */
  find(client: number, route: string): readonly ClientRecord[] | undefined {
    return this.#lists.get(nameOf(client, route));
  }

  hasClient(client: number): boolean {
    return routes.some((route) => this.find(client, route));
  }

  /** Adds records to a day; they come after those that the day has. */
  add(client: number, route: Route, day: string, count: number): ClientRecord[] {
    const list = this.#mutable(client, route);
    const added: ClientRecord[] = [];
    const after = list.findLastIndex((record) => record.day <= day) + 1;
    for (let i = 0; i < count; i += 1) added.push(this.#draw(route, day));
    list.splice(after, 0, ...added);
    return added;
  }

  /** Gives records, drawn among those of the days named, another content. */
  revise(
    client: number,
    route: Route,
    range: { from: string; to: string },
    count: number,
  ): ClientRecord[] {
    const list = this.#mutable(client, route);
    const inside = list.filter(({ day }) => day >= range.from && day <= range.to);
    const drawn = this.#random.sample(inside, count);
    for (const record of drawn) {
      record.members = drawRecord(this.#random, route, record.id, record.day).members;
    }
    return drawn;
  }

  #append(list: ClientRecord[], route: Route, day: string, { perDay }: ContentOptions): void {
    const count = perDay + this.#random.whole(2);
    for (let i = 0; i < count; i += 1) list.push(this.#draw(route, day));
  }

  #draw(route: Route, day: string): ClientRecord {
    const id = this.#nextId;
    this.#nextId += 1;
    return drawRecord(this.#random, route, id, day);
  }

  #mutable(client: number, route: Route): ClientRecord[] {
    const list = this.#lists.get(nameOf(client, route));
    if (!list) throw new RangeError(`there is no client ${client} with a route ${route}`);
    return list;
  }
}

function nameOf(client: number, route: string): string {
  return `${client}/${route}`;
}

function daysBetween(first: string, last: string): string[] {
  const days: string[] = [];
  for (let at = Date.parse(first); at <= Date.parse(last); at += dayMs) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}
