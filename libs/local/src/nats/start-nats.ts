import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TerminalError } from '@tidemark/runtime';
import { freePort } from '../free-port.ts';
import { endRecordedProcesses } from '../stack/process-records.ts';
import { NatsProcess, type NatsPorts } from './nats-process.ts';
import type { NatsServer } from './nats-server.ts';

export interface NatsOptions {
  /** The program; see `findNatsServer`. */
  readonly binary: string;
  /** Where streams are kept; a second start on the same folder finds the same streams. */
  readonly storeFolder: string;
  /** The port to listen on; a free one if not given. */
  readonly port?: number | undefined;
  /** Whether monitoring answers on a port too. */
  readonly monitor?: boolean | undefined;
  /** Further lines for the server's configuration file. */
  readonly configLines?: string | undefined;
  /** A configuration file in the place of ours; ports, address and store are still those of the other options. */
  readonly configFile?: string | undefined;
  /** Variables that the configuration file names. */
  readonly env?: Readonly<Record<string, string>> | undefined;
}

const PORT_TRIES = 3;

/** Starts a nats-server on a folder; one that a killed process left running there is ended first. */
export async function startNats(options: NatsOptions): Promise<NatsServer> {
  const { storeFolder } = options;
  const recordFolder = join(storeFolder, 'processes');
  mkdirSync(storeFolder, { recursive: true });
  await endRecordedProcesses(recordFolder);
  // A killed server leaves its ports file behind.
  const portsFolder = join(storeFolder, 'ports');
  rmSync(portsFolder, { recursive: true, force: true });
  mkdirSync(portsFolder);
  const configFile = options.configFile ?? join(storeFolder, 'nats.conf');
  if (configFile !== options.configFile) {
    writeFileSync(configFile, `${options.configLines ?? ''}\n`);
  }
  const server = new NatsProcess({
    binary: options.binary,
    storeFolder,
    portsFolder,
    recordFolder,
    configFile,
    env: options.env,
    logFile: join(storeFolder, 'nats-server.log'),
  });
  await startOnFreePorts(server, options);
  return server;
}

async function startOnFreePorts(server: NatsProcess, options: NatsOptions): Promise<void> {
  const tries = options.port === undefined ? PORT_TRIES : 1;
  for (let tried = 0; tried < tries; tried += 1) {
    if (await server.tryStart(await choosePorts(options))) return;
  }
  throw new TerminalError(
    'SERVERS_MISSING',
    `nats-server did not start on port ${options.port ?? 'of its own'}; its log tells why: ${server.logFile}`,
  );
}

// The server could choose by itself (-p -1), but out of the range that outgoing connections use: killed, it may
// not get its port back.
async function choosePorts(options: NatsOptions): Promise<NatsPorts> {
  return {
    client: options.port ?? (await freePort()),
    monitor: options.monitor === true ? await freePort() : undefined,
  };
}
