/** A PostgreSQL of our own on 127.0.0.1, with a user and a database `tidemark`. */
export interface PostgresServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Where its data are. */
  readonly dataFolder: string;
  /** Of the running server; another one after each restart. */
  readonly pid: number;
  /** Ends it in order; clients are disconnected. */
  stop(): Promise<void>;
  /** Ends it as a crash would: SIGKILL, nothing is flushed. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, whether it runs or not. */
  restart(): Promise<void>;
}
