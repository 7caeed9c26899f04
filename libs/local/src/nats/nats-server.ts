/** A nats-server of our own on 127.0.0.1, with JetStream on files. */
export interface NatsServer extends AsyncDisposable {
  readonly url: string;
  readonly port: number;
  /** Where its monitoring answers, if that was asked for. */
  readonly monitorUrl: string | undefined;
  /** Where its streams are, if that is on this machine. */
  readonly storeFolder?: string;
  /** Of the running server; another one after each restart. */
  readonly pid: number;
  /** Ends it in order. */
  stop(): Promise<void>;
  /** Ends it as a crash would, by SIGKILL. */
  kill(): Promise<void>;
  /** Starts it again on the same ports and store, whether it runs or not. */
  restart(): Promise<void>;
}
