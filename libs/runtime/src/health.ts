import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { TerminalError } from './errors.ts';
import type { Logger } from './logger.ts';

export interface HealthOptions {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Why the service cannot do its work now; empty when it can. */
  readonly ready: () => Promise<string[]>;
  /** Aborts when the service is told to stop: from then on it is not ready, while it finishes what it has in hand. */
  readonly stopping?: AbortSignal | undefined;
  /** Is told what keeps the service from its work, once, and when it does no more. */
  readonly logger?: Logger | undefined;
  /** The metrics as Prometheus reads them. */
  readonly metrics?: (() => Promise<string>) | undefined;
}

export interface Health extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
}

/** A probe must answer before the prober gives up, so a question that hangs counts as "not ready". */
const READY_WITHIN_MS = 2_000;

/** Serves `/healthz` (the event loop turns), `/readyz` (with reasons) and `/metrics`. */
export async function startHealth(options: HealthOptions): Promise<Health> {
  const server = createAdaptorServer({ fetch: healthRoutes(options).fetch });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause: Error) =>
      reject(
        new TerminalError(
          'CONFIG_INVALID',
          `cannot listen on ${options.host}:${options.port} (${cause.message}); set another TIDEMARK_HTTP_PORT`,
          { cause },
        ),
      ),
    );
    server.listen(options.port, options.host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const host = options.host.includes(':') ? `[${options.host}]` : options.host;
  return {
    port,
    url: `http://${host}:${port}`,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        if ('closeAllConnections' in server) server.closeAllConnections();
      }),
  };
}

function healthRoutes({ ready, stopping, logger, metrics }: HealthOptions): Hono {
  const app = new Hono();
  const tell = toldOnce(logger);
  app.get('/healthz', (ctx) => ctx.json({ alive: true }));
  app.get('/readyz', async (ctx) => {
    const reasons = stopping?.aborted ? ['the service stops'] : await reasonsNotReady(ready);
    if (!stopping?.aborted) tell(reasons);
    return ctx.json({ ready: reasons.length === 0, reasons }, reasons.length === 0 ? 200 : 503);
  });
  app.get('/metrics', async (ctx) => {
    if (!metrics) return ctx.text('metrics are switched off\n', 404);
    return ctx.body(await metrics(), 200, {
      'Content-Type': 'text/plain; version=0.0.4; charset=utf-8',
    });
  });
  return app;
}

/** Who probes shows its status and not what it says: a change is told in the log, where people look for the reason. */
function toldOnce(logger: Logger | undefined): (reasons: readonly string[]) => void {
  let told = '';
  return (reasons) => {
    const now = reasons.join('; ');
    if (now === told) return;
    told = now;
    if (now === '') logger?.info('ready again');
    else logger?.warn({ reasons }, 'not ready');
  };
}

async function reasonsNotReady(ready: () => Promise<string[]>): Promise<string[]> {
  const { promise, resolve } = Promise.withResolvers<string[]>();
  const timer = setTimeout(() => resolve(['readiness could not be told in time']), READY_WITHIN_MS);
  try {
    return await Promise.race([ready(), promise]);
  } catch {
    return ['readiness could not be told'];
  } finally {
    clearTimeout(timer);
  }
}
