// Prints how long each service of the image takes to load everything it is made of, with the compile cache of the image and
// without: the fastest of five starts (other work on the machine only adds), which end at a setting that is refused.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';

const flags = ['--max-old-space-size=192', '--max-semi-space-size=4', '--heap-growing-percent=100'];
const start = [...flags, '--import', '@tidemark/telemetry/register', 'src/main.ts'];

function startMs(service, env) {
  const startedAt = performance.now();
  const { status, stdout } = spawnSync(process.execPath, start, {
    cwd: `/app/services/${service}`,
    env: { ...process.env, ...env, TIDEMARK_LANES: '0', TIDEMARK_LOG_LEVEL: 'fatal' },
    encoding: 'utf8',
  });
  if (status !== 1 || !stdout.includes('TIDEMARK_LANES')) {
    throw new Error(`${service} did not end at its settings: ${stdout}`);
  }
  return performance.now() - startedAt;
}

function fastest(measure) {
  return Math.round(Math.min(...Array.from({ length: 5 }, measure)));
}

for (const service of readdirSync('/app/services')) {
  const warm = fastest(() => startMs(service, {}));
  const cold = fastest(() => startMs(service, { NODE_DISABLE_COMPILE_CACHE: '1' }));
  process.stdout.write(`${service}: ${warm} ms, without the compile cache ${cold} ms\n`);
}
