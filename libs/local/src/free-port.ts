import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { TerminalError } from '@tidemark/runtime';

// Below the range that systems take ports for outgoing connections from: a server that is killed and started
// again on its port must not find it taken by a client meanwhile.
const LOWEST_PORT = 20_000;
const HIGHEST_PORT = 32_000;
const TRIES = 100;

/** Tells whether a server could listen on this port of 127.0.0.1 now. */
export async function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      server.close(() => resolve(true));
    });
  });
}

/** Finds a port of 127.0.0.1 on which nobody listens; the preferred one if it is free. */
export async function freePort(preferred?: number): Promise<number> {
  if (preferred !== undefined && (await isPortFree(preferred))) return preferred;
  for (let tried = 0; tried < TRIES; tried += 1) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT);
    if (await isPortFree(port)) return port;
  }
  throw new TerminalError(
    'SERVERS_MISSING',
    `No free port was found between ${LOWEST_PORT} and ${HIGHEST_PORT} of 127.0.0.1; end what listens there.`,
  );
}
