import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type BusOptions, readTlsFiles } from '@tidemark/bus';
import { TerminalError } from '@tidemark/runtime';
import { z } from 'zod';

/** Where PostgreSQL and NATS are, asked for only when they are needed. */
export interface Addresses {
  databaseUrl(): string;
  natsUrl(): string;
  /** Certificates for NATS; TLS as the address has it when undefined. */
  readonly natsTls: BusOptions['tls'];
}

const StackFile = z.object({
  // Empty until its server runs.
  databaseUrl: z.string().min(1),
  natsUrl: z.string().min(1),
  owner: z.object({ pid: z.number() }),
});
type StackFile = z.infer<typeof StackFile>;

/** Where `npm start` and the demo write their addresses, below the project's folder. */
const stackFiles = [join('.tidemark', 'stack.json'), join('.tidemark', 'demo', 'stack.json')];

/** DATABASE_URL and NATS_URL where they are set, else the local stack of this folder or of one above it. */
export function findAddresses(env: NodeJS.ProcessEnv, folder: string): Addresses {
  const need = (variable: 'DATABASE_URL' | 'NATS_URL', key: 'databaseUrl' | 'natsUrl'): string => {
    const given = env[variable]?.trim();
    if (given) return given;
    const stack = findStack(folder);
    if (stack) return stack[key];
    throw new TerminalError(
      'CONFIG_INVALID',
      `No ${variable} is set, and no local stack runs for this folder or one above it. ` +
        `Run \`npm start\` in the folder of the project, or set DATABASE_URL and NATS_URL.`,
    );
  };
  return {
    databaseUrl: () => need('DATABASE_URL', 'databaseUrl'),
    natsUrl: () => need('NATS_URL', 'natsUrl'),
    natsTls: readTlsFiles(env),
  };
}

/** The editor that a person has chosen; undefined where there is none. */
export function editorOf(env: NodeJS.ProcessEnv): string | undefined {
  return env['VISUAL']?.trim() || env['EDITOR']?.trim() || undefined;
}

function findStack(folder: string): StackFile | undefined {
  const here = stackFiles.map((file) => readStackFile(join(folder, file)));
  const running = here.find((stack) => stack !== undefined);
  if (running) return running;
  const above = dirname(folder);
  return above === folder ? undefined : findStack(above);
}

/** The stack that a file tells of, if whoever started it is still there: a killed one leaves its file behind. */
function readStackFile(file: string): StackFile | undefined {
  try {
    const stack = StackFile.parse(JSON.parse(readFileSync(file, 'utf8')));
    return isAlive(stack.owner.pid) ? stack : undefined;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process is one, too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
