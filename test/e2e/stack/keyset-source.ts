import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KeysetRow {
  readonly id: number;
  /** To the microsecond, in UTC. */
  readonly at: string;
}

/** An API that gives what follows a time and an id, a hundred records at most. */
export interface KeysetSource extends AsyncDisposable {
  readonly url: string;
  /** Requests that were answered. */
  answered(): number;
}

const MOST = 100;

/**
 * Starts the API on a free port: `since` alone takes in its own moment; with `after_id`, what lies behind that record. Its rows
 * stand in the order of time and id.
 */
export async function startKeysetSource(rows: readonly KeysetRow[]): Promise<KeysetSource> {
  let answered = 0;
  const server = createServer((request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://source');
    const limit = Number(searchParams.get('limit'));
    const since = instantOf(searchParams.get('since'));
    const afterId = searchParams.get('after_id');
    const isRight = since !== undefined && limit > 0 && limit <= MOST && isId(afterId);
    const first = isRight ? firstBehind(rows, since, afterId === null ? -1 : Number(afterId)) : 0;
    response.writeHead(isRight ? 200 : 400, { 'content-type': 'application/json' });
    response.end(JSON.stringify(isRight ? { data: rows.slice(first, first + limit) } : {}));
    answered += 1;
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    answered: () => answered,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

const isId = (text: string | null): boolean => text === null || /^\d+$/.test(text);

/** The instant with six digits behind the second, so that instants are in order as texts; undefined when it is none. */
function instantOf(text: string | null): string | undefined {
  const [, second, fraction = ''] =
    /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?Z$/.exec(text ?? '') ?? [];
  return second && `${second}.${fraction.padEnd(6, '0')}Z`;
}

/** The place of the first row behind `(since, id)`, found by halving. */
function firstBehind(rows: readonly KeysetRow[], since: string, id: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const row = rows[middle];
    if (row && (row.at > since || (row.at === since && row.id > id))) high = middle;
    else low = middle + 1;
  }
  return low;
}
