/**
 * Loaded by `node --import @tidemark/telemetry/register`, before anything of a service: starts tracing and metrics, and
 * hands in the last spans when the process has nothing left to do. With `OTEL_SDK_DISABLED=true` nothing is even loaded.
 */
import { register } from 'node:module';

if (process.env['OTEL_SDK_DISABLED']?.toLowerCase() !== 'true') {
  // Without this hook pino, which is imported later, stays without its instrumentation. Only pino: to wrap every module
  // takes a second of the start and a fifth of the heap.
  register('@opentelemetry/instrumentation/hook.mjs', import.meta.url, {
    data: { include: ['pino'] },
  });
  const { startTelemetry } = await import('./start-telemetry.ts');
  const { shutdownTelemetry } = await import('./shutdown.ts');
  startTelemetry(process.env);
  process.once('beforeExit', () => void flushThenEnd(shutdownTelemetry));
}

/** A collector that is away or hangs must not keep a finished process: what is not handed in by then is dropped. */
const FLUSH_WITHIN_MS = 2_500;

async function flushThenEnd(shutdown: (deadlineMs: number) => Promise<boolean>): Promise<void> {
  const flushed = await shutdown(FLUSH_WITHIN_MS);
  // Only an exporter's own sockets and timers can still be there, and nobody waits for them.
  if (!flushed) process.exit();
}
