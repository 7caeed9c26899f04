// Checks image, compose and Kubernetes manifests without an engine and without a cluster. Where kubectl is missing and cannot be
// fetched, the manifests are not rendered; the last line says so.
import { spawnSync } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import {
  checkAgreement,
  checkOverlay,
  passwordsOf,
  type Said,
} from './manifests/check-agreement.ts';
import { checkMetrics, checkPanels } from './manifests/check-metrics.ts';
import { checkNetwork } from './manifests/check-network.ts';
import { checkPolicy } from './manifests/check-policy.ts';
import { checkPasswords, checkSecrets, secretsNeeded } from './manifests/check-secrets.ts';
import { checkSettings } from './manifests/check-settings.ts';
import { checkTypes } from './manifests/check-types.ts';
import { deployedByCompose, deployedByManifests, readCompose } from './manifests/deployed.ts';
import { findKubectl } from './manifests/find-kubectl.ts';
import { readManifests, type Manifest } from './manifests/manifest.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
/** What docs/deploy.md shows as an overlay of a user: it has to be one that works. */
const ownOverlay = 'k8s/examples/own-overlay';
const find = (pattern: string): string[] => globSync(pattern, { cwd: root }).toSorted();

const said: Said = {
  dockerfile: read('deploy/Dockerfile'),
  launcher: read('scripts/launch.mjs'),
  startService: read('libs/local/src/services/start-service.ts'),
  testContainers: read('libs/testkit/src/containers.ts'),
  natsConfig: read('deploy/nats.conf'),
  setPasswords: read('deploy/postgres/set-passwords.sh'),
  compose: readCompose(read('docker-compose.yml')),
  services: find('services/*/package.json').map((file) => file.split('/')[1] ?? ''),
};

const problems = [
  ...checkAgreement(said),
  ...checkMetrics(
    Object.fromEntries(
      [...find('deploy/grafana/**/*.json'), ...find('deploy/prometheus/*.yml')].map((file) => [
        file,
        read(file),
      ]),
    ),
    find('{libs,services}/*/src/**/*.ts').map(read).join('\n'),
  ),
  ...checkPanels(
    Object.fromEntries(['docs/deploy.md', 'docs/tracing.md'].map((file) => [file, read(file)])),
    read('deploy/grafana/dashboards/pipeline.json'),
  ),
  ...checkDefinitions('deploy/demo'),
  ...checkDefinitions('k8s/base/collectors'),
  ...checkDefinitions(`${ownOverlay}/collectors`),
];
for (const deployed of deployedByCompose(said.compose)) {
  problems.push(...(await checkSettings(root, deployed)));
}

const kubectl = await findKubectl({
  cacheFolder: join(root, '.tidemark', 'tools'),
  log: (sentence) => console.log(sentence),
});
if (kubectl !== undefined) problems.push(...(await checkKubernetes(kubectl)));
for (const problem of problems) console.error(problem);
if (problems.length > 0) process.exitCode = 1;
if (kubectl === undefined) {
  console.log(
    'SKIPPED: the Kubernetes manifests were not rendered or checked: kubectl 1.27 or newer is not installed, and only apt can fetch it.',
  );
}

async function checkKubernetes(program: string): Promise<string[]> {
  const found: string[] = [];
  const examples = find('k8s/examples/*.{yaml,json}')
    .filter((file) => !file.endsWith('-values.yaml'))
    .flatMap((file) => readManifests(read(file)));
  const all: Manifest[] = [...examples];
  for (const overlay of [...find('k8s/overlays/*'), ownOverlay]) {
    const manifests = render(program, overlay);
    all.push(...manifests);
    // The examples run beside what an overlay makes, under its policies and with its Secrets.
    const whole = [...manifests, ...examples];
    const here = [...checkPolicy(whole), ...checkNetwork(whole), ...checkOverlay(manifests, said)];
    for (const deployed of deployedByManifests(whole)) {
      here.push(...(await checkSettings(root, deployed)));
    }
    found.push(...here.map((problem) => `${overlay}: ${problem}`));
  }
  return [...found, ...secretProblems(all), ...checkTypes(root, all)];
}

/** What k8s/make-secrets.sh makes is enough for every pod, and docs/deploy.md names each Secret of a production. */
function secretProblems(manifests: readonly Manifest[]): string[] {
  const { status, stdout, stderr } = spawnSync('sh', [join(root, 'k8s/make-secrets.sh')], {
    encoding: 'utf8',
  });
  if (status !== 0) return [`k8s/make-secrets.sh: ${stderr}`];
  const made = readManifests(stdout);
  const { nats, postgres } = passwordsOf(said);
  const guide = read('docs/deploy.md');
  const untold = new Set(secretsNeeded(manifests).map(({ secret }) => secret));
  return [
    ...checkSecrets(manifests, made),
    ...checkPasswords(made, { 'tidemark-nats': nats, 'tidemark-postgres': postgres }),
    ...[...untold]
      .filter((secret) => secret !== 'tidemark-postgres' && !guide.includes(`\`${secret}\``))
      .map((secret) => `docs/deploy.md does not name the Secret ${secret}`),
  ];
}

function render(program: string, overlay: string): Manifest[] {
  const { status, stdout, stderr } = spawnSync(program, ['kustomize', join(root, overlay)], {
    encoding: 'utf8',
    maxBuffer: 64 * 1_048_576,
  });
  if (status !== 0) throw new Error(`${overlay} cannot be rendered: ${stderr}`);
  return readManifests(stdout);
}

/** The definitions that are deployed, checked as the command line does it. */
function checkDefinitions(folder: string): string[] {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['cli/src/main.ts', 'collectors', 'check', folder],
    { cwd: root, encoding: 'utf8' },
  );
  return status === 0 ? [] : [`${folder}: ${stdout}${stderr}`];
}
