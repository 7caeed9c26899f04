/** What one path has served so far. */
export interface PathStats {
  requests: number;
  records: number;
  bytes: number;
}

/** What a simulator has served so far; control requests are not counted. */
export interface Stats {
  requests: number;
  /** Records in answers that were sent whole. */
  records: number;
  /** Bytes of bodies before compression. */
  bytes: number;
  /** Requests that met a planned fault. */
  faults: number;
  /** By path, without the query. */
  byPath: Record<string, PathStats>;
}

/** One request as the simulator saw it, for assertions. */
export interface LoggedRequest {
  method: string;
  /** Path and query, as they were sent. */
  target: string;
  /** 0 when the connection was cut. */
  status: number;
}

/** The log keeps only the newest requests, so that a long bench does not fill the memory. */
const keptRequests = 10_000;

/** The counters and the request log of one simulator. */
export class StatsKeeper {
  readonly stats: Stats = { requests: 0, records: 0, bytes: 0, faults: 0, byPath: {} };
  readonly requests: LoggedRequest[] = [];

  countRequest(path: string, logged: LoggedRequest): void {
    this.stats.requests += 1;
    this.#path(path).requests += 1;
    this.requests.push(logged);
    if (this.requests.length > keptRequests) this.requests.shift();
  }

  countFault(): void {
    this.stats.faults += 1;
  }

  countAnswer(path: string, recordRows: number, bodyBytes: number): void {
    const perPath = this.#path(path);
    this.stats.records += recordRows;
    this.stats.bytes += bodyBytes;
    perPath.records += recordRows;
    perPath.bytes += bodyBytes;
  }

  reset(): void {
    Object.assign(this.stats, { requests: 0, records: 0, bytes: 0, faults: 0, byPath: {} });
    this.requests.length = 0;
  }

  #path(path: string): PathStats {
    return (this.stats.byPath[path] ??= { requests: 0, records: 0, bytes: 0 });
  }
}
