// A service for the test of `run`: how it behaves is told by its first argument.
import { run, sleep } from '../src/index.ts';

const [behaviour = 'plain'] = process.argv.slice(2);
const keepAlive = setInterval(() => undefined, 1_000);

await run(async () => {
  process.stdout.write('starting\n');
  if (behaviour === 'hangs-at-start') await new Promise(() => undefined);
  if (behaviour === 'fails-at-start') {
    clearInterval(keepAlive);
    throw new Error('no server');
  }
  const failed = Promise.withResolvers<never>();
  if (behaviour === 'fails-later') setTimeout(() => failed.reject(new Error('lost it')), 50);
  process.stdout.write('started\n');
  return {
    failed: failed.promise,
    async [Symbol.asyncDispose]() {
      await sleep(behaviour === 'stops-slowly' ? 60_000 : 10);
      clearInterval(keepAlive);
      process.stdout.write('disposed\n');
    },
  };
});
