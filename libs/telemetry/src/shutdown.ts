interface Stoppable {
  shutdown(): Promise<void>;
}

let started: Stoppable | undefined;

/** Tells what has to be shut down at the end of the process. */
export function rememberTelemetry(sdk: Stoppable): void {
  started = sdk;
}

/** Hands in what was recorded and stops; never throws, and gives up (false) at the deadline or when the collector is away. */
export async function shutdownTelemetry(deadlineMs: number): Promise<boolean> {
  const sdk = started;
  started = undefined;
  if (!sdk) return true;
  const deadline = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => deadline.resolve(false), deadlineMs);
  try {
    return await Promise.race([
      sdk.shutdown().then(
        () => true,
        () => false,
      ),
      deadline.promise,
    ]);
  } finally {
    clearTimeout(timer);
  }
}
