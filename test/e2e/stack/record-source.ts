import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export type SourceRecord = Readonly<Record<string, unknown>>;

/** An API that answers with the records of the list that its path names. */
export interface RecordSource extends AsyncDisposable {
  readonly url: string;
  /** Sets the records of a list; those with a cursor `at` before `since` are left out, unless they are to come always. */
  set(list: string, records: readonly SourceRecord[], always?: readonly SourceRecord[]): void;
}

/** Starts the API on a free port. */
export async function startRecordSource(): Promise<RecordSource> {
  const lists = new Map<string, (since: string) => readonly SourceRecord[]>();
  const server = createServer((request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://source');
    const records = lists.get(pathname.slice(1))?.(searchParams.get('since') ?? '');
    response.writeHead(records ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(records ?? null));
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    set: (list, records, always = []) => {
      lists.set(list, (since) => [
        ...records.filter(({ at }) => typeof at !== 'string' || at >= since.slice(0, 19)),
        ...always,
      ]);
    },
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}
