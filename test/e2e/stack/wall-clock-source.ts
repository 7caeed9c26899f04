import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A row as the source keeps it: numbered, and dated by the clock on the wall of its zone. */
export interface WallRow {
  readonly id: number;
  /** The true moment, ms since 1970. */
  readonly atMs: number;
  readonly note: string;
}

/** One dataset, whose clock and rows a test moves. */
export class Dataset {
  nowMs: () => number = Date.now;
  zone = 'UTC';
  /** More rows than this are refused with "too many rows"; pages have no limit. */
  cap = Infinity;
  readonly rows = new Map<number, WallRow>();
  /** The ids in the order in which they were changed, for who asks by token. */
  readonly changes: number[] = [];

  put(...rows: readonly WallRow[]): void {
    for (const row of rows) {
      this.rows.set(row.id, row);
      this.changes.push(row.id);
    }
  }

  /** What `put` will have to bring into the target, sorted. */
  expected(): string[] {
    return [...this.rows.values()].map(lineOf).toSorted();
  }
}

export const lineOf = ({ id, atMs, note }: WallRow): string =>
  `${id} ${new Date(atMs).toISOString()} ${note}`;

/** An API over datasets: by local time (`/wall`), by day (`/days`), by number (`/numbers`), by token (`/tokens`). */
export interface WallClockSource extends AsyncDisposable {
  readonly url: string;
  /** Paths with their queries, as they were asked for. */
  readonly asked: string[];
  dataset(name: string): Dataset;
}

export async function startWallClockSource(): Promise<WallClockSource> {
  const datasets = new Map<string, Dataset>();
  const asked: string[] = [];
  const dataset = (name: string): Dataset => {
    const known = datasets.get(name) ?? new Dataset();
    datasets.set(name, known);
    return known;
  };
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://source');
    const [, kind = '', name = ''] = url.pathname.split('/');
    asked.push(`${url.pathname}${decodeURIComponent(url.search)}`);
    const data = dataset(name);
    const { status, body } = answer(kind, data, url.searchParams);
    response.sendDate = false;
    response.writeHead(status, {
      'content-type': 'application/json',
      date: new Date(data.nowMs()).toUTCString(),
    });
    response.end(JSON.stringify(body));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    asked,
    dataset,
    async [Symbol.asyncDispose]() {
      server.close();
      server.closeAllConnections();
    },
  };
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

function answer(kind: string, data: Dataset, query: URLSearchParams): Reply {
  switch (kind) {
    case 'wall':
      return byWallClock(data, query, 'moment');
    case 'days':
      return byWallClock(data, query, 'day');
    case 'numbers':
      return byNumber(data, query);
    case 'tokens':
      return byToken(data, query);
    case 'all':
      return { status: 200, body: { rows: [...data.rows.values()].map(written) } };
    default:
      return { status: 404, body: { error: `no ${kind}` } };
  }
}

/** Compares what the wall shows: `2024-10-27T02:30:00`, or just the day, which is asked for as 27/10/2024. */
function byWallClock(data: Dataset, query: URLSearchParams, unit: 'moment' | 'day'): Reply {
  const clock = new Intl.DateTimeFormat('sv-SE', {
    timeZone: data.zone,
    dateStyle: 'short',
    timeStyle: 'medium',
  });
  const shown = ({ atMs }: WallRow): string => {
    const text = clock.format(atMs).replace(' ', 'T');
    return unit === 'day' ? text.slice(0, 10) : text;
  };
  const asked = (name: string): string | undefined => {
    const text = query.get(name) ?? undefined;
    return unit === 'day' ? text?.split('/').toReversed().join('-') : text?.slice(0, 19);
  };
  const since = asked('since') ?? '';
  const until = asked('until');
  const rows = [...data.rows.values()].filter(
    (row) => shown(row) >= since && (until === undefined || shown(row) <= until),
  );
  if (rows.length > data.cap) return { status: 400, body: { error: 'too many rows' } };
  return { status: 200, body: { rows: rows.map(written) } };
}

const PAGE = 20;

/** Pages in no order that has to do with the numbers. */
function byNumber(data: Dataset, query: URLSearchParams): Reply {
  const since = Number(query.get('since') ?? 0);
  const page = Number(query.get('page') ?? 1);
  const rows = [...data.rows.values()]
    .filter(({ id }) => id >= since)
    .toSorted((a, b) => ((a.id * 7_919) % 1_009) - ((b.id * 7_919) % 1_009) || a.id - b.id);
  return { status: 200, body: { rows: rows.slice((page - 1) * PAGE, page * PAGE).map(written) } };
}

/** The token is a place in the list of changes, which only the source can read. */
function byToken(data: Dataset, query: URLSearchParams): Reply {
  const from = readToken(query.get('page') ?? query.get('sync'));
  const changed = data.changes.slice(from, from + PAGE);
  const next = from + changed.length;
  const rows = changed.map((id) => data.rows.get(id)).filter((row) => row !== undefined);
  const more =
    next < data.changes.length ? { next_page: writeToken(next) } : { next_sync: writeToken(next) };
  return { status: 200, body: { rows: rows.map(written), ...more } };
}

const writeToken = (place: number): string => Buffer.from(`place=${place}`).toString('base64');

function readToken(token: string | null): number {
  if (token === null) return 0;
  return Number(Buffer.from(token, 'base64').toString().replace('place=', ''));
}

function written({ id, atMs, note }: WallRow) {
  return { id, at: new Date(atMs).toISOString(), note };
}
