import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A list that is paged by offset, newest first, while its records come and go. */
export interface ShiftingSource extends AsyncDisposable {
  readonly url: string;
  /** Records come and go after each of the next requests. */
  shift(requests: number): void;
  /** Ids and values as they are now. */
  rows(): ReadonlyMap<number, number>;
}

/** Starts a list of so many records; each change removes some of the first ones read and puts new ones in front. */
export async function startShiftingSource(count: number): Promise<ShiftingSource> {
  let list = Array.from({ length: count }, (_, place) => ({ id: count - place, value: place }));
  let shifts = 0;
  let nextId = count + 1;
  const change = (): void => {
    shifts -= 1;
    // Seven go from the pages that were read already, two come: all others move forward by five places.
    list = list.filter((_, place) => place < 3 || place >= 10);
    for (let added = 0; added < 2; added += 1) {
      list.unshift({ id: nextId, value: nextId });
      nextId += 1;
    }
  };
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://source');
    const offset = Number(searchParams.get('offset') ?? 0);
    const data = list.slice(offset, offset + Number(searchParams.get('limit') ?? 10));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data, total: list.length }));
    if (shifts > 0) change();
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    shift: (requests) => {
      shifts = requests;
    },
    rows: () => new Map(list.map(({ id, value }) => [id, value])),
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
