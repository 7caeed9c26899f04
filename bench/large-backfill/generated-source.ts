import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { orderOf } from './generated-orders.ts';

/** An API with any number of records, none of which it keeps: a page is made when it is asked for. */
export interface GeneratedSource extends AsyncDisposable {
  readonly url: string;
  /** How many pages were asked for. */
  asked(): number;
}

/** Starts the API on a free port. */
export async function startGeneratedSource(records: number): Promise<GeneratedSource> {
  let asked = 0;
  const server = createServer((request, response) => {
    asked += 1;
    const { searchParams } = new URL(request.url ?? '/', 'http://source');
    const size = Number(searchParams.get('per_page'));
    const first = (Number(searchParams.get('page') ?? 1) - 1) * size + 1;
    const count = Math.max(0, Math.min(size, records - first + 1));
    const data = Array.from({ length: count }, (_, at) => orderOf(first + at));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data, pages: Math.ceil(records / size) }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked: () => asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
