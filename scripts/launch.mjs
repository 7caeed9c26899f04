// Plain JavaScript for the Node that npm was started with (20 or newer): installs what the lock file names,
// then runs the given script on the Node that the product is made for.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync, utimesSync } from 'node:fs';
import { constants } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const PNPM = 'pnpm@12.21.0';
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installed = join(root, 'node_modules', '.modules.yaml');

let child;
// A terminal sends SIGINT to the child too; SIGTERM comes to this process alone.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => child?.kill('SIGTERM'));

function run(command, args, options) {
  return new Promise((resolve) => {
    child = spawn(command, args, { cwd: root, ...options });
    child.once('error', (error) => {
      process.stderr.write(`${command} could not be started: ${error.message}\n`);
      resolve(1);
    });
    child.once('exit', (code, signal) => {
      resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]);
    });
  });
}

function modifiedMs(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

function manifests() {
  const groups = ['libs', 'services']
    .map((name) => join(root, name))
    .filter((path) => existsSync(path));
  const members = groups.flatMap((group) => readdirSync(group).map((name) => join(group, name)));
  const folders = [
    root,
    join(root, 'cli'),
    join(root, 'collectors'),
    join(root, 'simulators'),
    ...members,
  ];
  return [
    join(root, 'pnpm-lock.yaml'),
    join(root, 'pnpm-workspace.yaml'),
    ...folders.map((folder) => join(folder, 'package.json')),
  ];
}

/** True when an install has finished after the last change of a manifest. */
function isInstalled() {
  const since = modifiedMs(installed);
  return since > 0 && manifests().every((path) => modifiedMs(path) <= since);
}

async function install() {
  process.stderr.write(`Installing the packages of pnpm-lock.yaml with ${PNPM} …\n`);
  // Set-up talks on stderr, so that what the script prints can be piped. CI keeps pnpm from asking questions.
  const code = await run('npx', ['--yes', PNPM, 'install', '--frozen-lockfile'], {
    stdio: ['ignore', 2, 2],
    env: { ...process.env, CI: 'true' },
  });
  if (code === 0) {
    // pnpm leaves this file alone when nothing changed; its time is what the next start looks at.
    utimesSync(installed, new Date(), new Date());
  } else {
    process.stderr.write('The packages could not be installed; see the lines above.\n');
  }
  return code;
}

function isNewEnough(version) {
  const [major, minor] = version.replace(/^v/, '').split('.').map(Number);
  return major > 24 || (major === 24 && minor >= 12);
}

function findNode() {
  const pinned = join(root, 'node_modules', '.bin', 'node');
  const answer = spawnSync(pinned, ['--version'], { encoding: 'utf8' });
  if (answer.status === 0 && isNewEnough(answer.stdout.trim())) return pinned;
  return isNewEnough(process.version) ? process.execPath : undefined;
}

async function main() {
  if (!isInstalled()) {
    const code = await install();
    if (code !== 0) return code;
  }
  const node = findNode();
  if (node === undefined) {
    process.stderr.write(
      `Node 24.12 or newer is needed; this is ${process.version}, and the npm package "node" has none for this platform. Install Node 24 and start again.\n`,
    );
    return 1;
  }
  const path = [join(root, 'node_modules', '.bin'), process.env.PATH ?? ''].join(delimiter);
  return run(node, process.argv.slice(2), {
    stdio: 'inherit',
    env: { ...process.env, PATH: path },
  });
}

process.exit(await main());
