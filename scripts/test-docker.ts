// Builds the image, starts compose with simulated sources, and breaks it: needs a Docker engine with compose. Without one it says so
// and succeeds. Whatever happens, what it started is removed again.
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { freePort } from '@tidemark/local';
import pg from 'pg';
import { compareContent, isEqual } from './demo/compare-content.ts';
import { controlSources, type CollectorOfDemo } from './demo/sources.ts';
import { runScript, say } from './stack/run-script.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const project = `tidemark-test-${process.pid}`;
const folder = mkdtempSync(join(tmpdir(), 'tidemark-docker-'));
const envFile = join(folder, 'env');
const image = 'tidemark:test';
/** A few tests on servers in containers; the others start them in the same way. */
const containerTests = ['--project', 'int', 'libs/bus/test/publish.int.test.ts'];

if (answers('docker', ['info']) && answers('docker', ['compose', 'version'])) {
  await runScript(testInDocker);
} else {
  rmSync(folder, { recursive: true });
  say('SKIPPED: no Docker engine with compose answers here (docker info), so nothing was tested.');
}

function answers(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore', timeout: 20_000 }).status === 0;
}

async function testInDocker(signal: AbortSignal): Promise<void> {
  const ports = await choosePorts();
  const passwords = choosePasswords();
  writeFileSync(envFile, lines({ ...passwords, ...ports }), { mode: 0o600 });
  try {
    step('builds the image', () => compose('build'));
    step('services and command line find the compiled code of the image', expectCompiledCode);
    step('starts everything, and each service is healthy', () => compose('up', '-d', '--wait'));
    step('runs a collector', () => tidemark('run', 'world-bank', '--wait'));
    step('scales the extractor to four', () => {
      compose('up', '-d', '--wait', '--no-recreate', '--scale', 'extractor=4');
      expectCount('extractor', 4);
    });
    signal.throwIfAborted();
    step('kills an extractor and the loader while a run is on, and starts them again', () => {
      const runId = tidemark('run', 'usgs-earthquakes').split('\n')[0] ?? '';
      docker('kill', idsOf('extractor')[0] ?? '');
      docker('kill', idsOf('loader')[0] ?? '');
      compose('up', '-d', '--wait', '--scale', 'extractor=4');
      tidemark('watch', runId);
    });
    await expectOracle(ports, passwords);
    step('a service that is stopped ends by itself', expectOrderlyStop);
    step('tests with servers of testcontainers', () => {
      run(process.execPath, ['node_modules/vitest/vitest.mjs', 'run', ...containerTests], {
        TIDEMARK_TEST_CONTAINERS: 'true',
      });
    });
    say('passed');
  } finally {
    say('removes what was started');
    compose('down', '--volumes', '--remove-orphans', '--timeout', '40');
    rmSync(folder, { recursive: true });
  }
}

function step(what: string, work: () => void): void {
  const startedAt = performance.now();
  work();
  say(`ok ${what} (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`);
}

async function choosePorts() {
  return {
    POSTGRES_PORT: await freePort(),
    NATS_PORT: await freePort(),
    NATS_MONITOR_PORT: await freePort(),
    WORLD_BANK_PORT: await freePort(),
    USGS_PORT: await freePort(),
  };
}

function choosePasswords() {
  const password = (): string => `pw${randomBytes(20).toString('hex')}`;
  const names = [
    'GRAFANA_PASSWORD',
    ...['WATERMARK', 'EXTRACTOR', 'LOADER', 'READER'].map((role) => `TIDEMARK_DB_${role}_PASSWORD`),
    ...['WATERMARK', 'EXTRACTOR', 'TRANSFORMER', 'LOADER', 'CLI'].map(
      (user) => `TIDEMARK_NATS_${user}_PASSWORD`,
    ),
  ];
  return {
    POSTGRES_PASSWORD: password(),
    ...Object.fromEntries(names.map((name) => [name, password()])),
  };
}

function lines(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

function compose(...args: string[]): string {
  return run(
    'docker',
    ['compose', '-p', project, '--env-file', envFile, '--profile', 'demo', ...args],
    {
      COLLECTORS_FOLDER: './deploy/demo',
      TIDEMARK_IMAGE: image,
      TIDEMARK_SIMULATORS_IMAGE: 'tidemark-simulators:test',
    },
  );
}

function tidemark(...args: string[]): string {
  return compose('run', '--rm', '-T', 'cli', ...args);
}

function docker(...args: string[]): string {
  return run('docker', args, {});
}

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv): string {
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: root,
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: 900_000,
    maxBuffer: 64 * 1_048_576,
  });
  if (status === 0) return stdout;
  throw new Error(`${command} ${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
}

function idsOf(service: string): string[] {
  return compose('ps', '-q', service).split('\n').filter(Boolean);
}

function expectCount(service: string, count: number): void {
  const there = idsOf(service).length;
  if (there !== count) throw new Error(`${there} containers of ${service} run, not ${count}`);
}

/** Node only looks in the folder of its own user and options, and says nothing when there is none. */
function expectCompiledCode(): void {
  for (const entrypoint of [[], ['--entrypoint', 'node']]) {
    const ask = ['-p', 'require("node:module").getCompileCacheDir()'];
    const found = docker('run', '--rm', '--read-only', ...entrypoint, image, ...ask).trim();
    if (!found.startsWith('/app/.cache/')) throw new Error(`no compiled code is used: ${found}`);
  }
}

function expectOrderlyStop(): void {
  const services = ['watermark', 'extractor', 'transformer', 'loader'];
  const ids = services.flatMap(idsOf);
  compose('stop', ...services);
  for (const id of ids) {
    const [name, code] = docker('inspect', '-f', '{{.Name}} {{.State.ExitCode}}', id)
      .trim()
      .split(' ');
    if (code !== '0') throw new Error(`${name} ended with ${code} after SIGTERM, not with 0`);
  }
}

/** Each target has to have the rows of its source, digit for digit. */
async function expectOracle(
  ports: Awaited<ReturnType<typeof choosePorts>>,
  passwords: ReturnType<typeof choosePasswords>,
): Promise<void> {
  const sources = controlSources({
    worldBankUrl: `http://127.0.0.1:${ports.WORLD_BANK_PORT}`,
    usgsUrl: `http://127.0.0.1:${ports.USGS_PORT}`,
  });
  const pool = new pg.Pool({
    connectionString: `postgres://postgres:${passwords.POSTGRES_PASSWORD}@127.0.0.1:${ports.POSTGRES_PORT}/tidemark`,
  });
  try {
    for (const [collector, source] of Object.entries(sources)) {
      const found = await compareContent(
        pool,
        collector as CollectorOfDemo,
        await source.content(),
      );
      if (!isEqual(found) || found.target_rows === 0) {
        throw new Error(`${collector} differs from its source: ${JSON.stringify(found)}`);
      }
      say(`ok ${collector} has the ${found.target_rows} rows of its source`);
    }
  } finally {
    await pool.end();
  }
}
