// Prints how long each service of the image takes to load everything it is made of, with the compile cache of the image and
// without: the least of five starts each, in turns (other work on the machine only adds), which end at a setting that is refused.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const flags = ['--max-old-space-size=192', '--max-semi-space-size=4', '--heap-growing-percent=100'];
const start = [...flags, '--import', '@tidemark/telemetry/register', 'src/main.ts'];
const STARTS = 5;

/** User and system time of the children that have ended; the kernel counts it in hundredths of a second. */
function processorMs() {
  const fields = readFileSync('/proc/self/stat', 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  return (Number(fields[13]) + Number(fields[14])) * 10;
}

function startOnce(service, env) {
  const [startedAt, usedBefore] = [performance.now(), processorMs()];
  const { status, stdout } = spawnSync(process.execPath, start, {
    cwd: `/app/services/${service}`,
    env: { ...process.env, ...env, TIDEMARK_LANES: '0', TIDEMARK_LOG_LEVEL: 'fatal' },
    encoding: 'utf8',
  });
  if (status !== 1 || !stdout.includes('TIDEMARK_LANES')) {
    throw new Error(`${service} did not end at its settings: ${stdout}`);
  }
  return { ms: performance.now() - startedAt, processorMs: processorMs() - usedBefore };
}

function least(starts) {
  const ms = Math.round(Math.min(...starts.map((each) => each.ms)));
  return `${ms} ms (processor time ${Math.min(...starts.map((each) => each.processorMs))} ms)`;
}

for (const service of readdirSync('/app/services')) {
  const warm = [];
  const cold = [];
  for (let turn = 0; turn < STARTS; turn++) {
    warm.push(startOnce(service, {}));
    cold.push(startOnce(service, { NODE_DISABLE_COMPILE_CACHE: '1' }));
  }
  process.stdout.write(`${service}: ${least(warm)}, without the compile cache ${least(cold)}\n`);
}
