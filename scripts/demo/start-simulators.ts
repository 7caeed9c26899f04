import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '@tidemark/local';
import { TerminalError, sleep } from '@tidemark/runtime';
import { z } from 'zod';
import type { Companions } from '../stack/start-stack.ts';

const Addresses = z.object({ worldBankUrl: z.string(), usgsUrl: z.string() });
export type SourceUrls = z.infer<typeof Addresses>;

const START_MS = 20_000;
const STOP_MS = 5_000;
/** What a near API takes for an answer; without it nobody would see the bars move. */
const LATENCY_MS = 40;

/** Starts the simulators of both APIs as one process, and gives their addresses. */
export async function startSimulators(
  { root, folder, signal }: { root: string; folder: string; signal: AbortSignal },
  companions: Companions,
): Promise<SourceUrls> {
  const portFile = join(folder, 'simulators.json');
  rmSync(portFile, { force: true });
  const said: string[] = [];
  const simulators = await startProcess({
    name: 'simulators',
    command: process.execPath,
    args: ['src/main.ts', '--port-file', portFile, '--latency-ms', String(LATENCY_MS)],
    cwd: join(root, 'simulators'),
    env: { PATH: process.env['PATH'] },
    onLine: (line) => void said.push(line),
  });
  companions.owner.defer(async () => void (await simulators.stop(STOP_MS)));
  companions.note('simulators', simulators.pid);
  let hasEnded = false;
  void simulators.exited.then(() => {
    hasEnded = true;
  });
  const end = performance.now() + START_MS;
  while (!existsSync(portFile)) {
    if (hasEnded || performance.now() > end) {
      throw new TerminalError(
        'SERVERS_MISSING',
        `The simulators did not start: ${said.join('\n')}`,
      );
    }
    await sleep(50, signal);
  }
  return Addresses.parse(JSON.parse(readFileSync(portFile, 'utf8')));
}
