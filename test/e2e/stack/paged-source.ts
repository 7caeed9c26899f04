import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An API that answers by numbered pages, whose records are made as they are asked for. */
export interface PagedSource extends AsyncDisposable {
  readonly url: string;
  readonly pages: number;
  /** The records of a page, from 1, whatever the list. */
  make: (page: number) => readonly Readonly<Record<string, unknown>>[];
}

/** Starts the API on a free port. */
export async function startPagedSource(pages: number): Promise<PagedSource> {
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://source');
    const page = Number(searchParams.get('page') ?? 1);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ data: page > pages ? [] : source.make(page), pages }));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  const source: PagedSource = {
    url: `http://127.0.0.1:${port}`,
    pages,
    make: () => [],
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
  return source;
}
