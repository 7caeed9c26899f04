import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));

// A process that leaves the signal to the system has no exit code: the first one of a container would not end at all.
test.each([
  ['SIGTERM', 143],
  ['SIGINT', 130],
] as const)(
  'a command that waits ends by itself at %s',
  async (signal, code) => {
    const silent = createServer((socket) => socket.resume()).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = silent.address();
    if (address === null || typeof address === 'string') throw new Error('no port');
    const asked = once(silent, 'connection');
    const env = {
      PATH: process.env['PATH'],
      DATABASE_URL: `postgres://a:b@127.0.0.1:${address.port}/c`,
    };
    const command = execFile(process.execPath, [main, 'status'], { env });
    const ended = once(command, 'exit');

    try {
      await Promise.race([asked, ended]);
      command.kill(signal);

      expect(await ended).toEqual([code, null]);
    } finally {
      command.kill('SIGKILL');
      silent.close();
    }
  },
  30_000,
);
