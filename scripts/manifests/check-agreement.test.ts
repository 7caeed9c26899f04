import { expect, test } from 'vitest';
import { checkAgreement, checkOverlay, type Said } from './check-agreement.ts';
import { readCompose } from './deployed.ts';
import { readManifests } from './manifest.ts';

const composeText = `
services:
  nats: { image: 'nats:2.0', environment: { TIDEMARK_NATS_CLI_PASSWORD: x }, ports: ['127.0.0.1:\${P:-4222}:4222'] }
  postgres: { image: 'postgres:18', environment: { TIDEMARK_DB_LOADER_PASSWORD: x } }
  loader: { image: '\${TIDEMARK_IMAGE:-tidemark:dev}', working_dir: /app/services/loader, stop_grace_period: 40s }
`;

const said: Said = {
  dockerfile: `ARG PNPM=pnpm@1.2.3
RUN for service in services/*; do node --max-old-space-size=1 warm-up.mjs; done
ENV TIDEMARK_HTTP_HOST=0.0.0.0 TIDEMARK_HTTP_PORT=8080
ENTRYPOINT ["node", "--max-old-space-size=1", "--import", "@tidemark/telemetry/register"]
`,
  launcher: `const PNPM = 'pnpm@1.2.3';`,
  startService: `['--max-old-space-size=1']`,
  testContainers: `'nats:2.0' 'postgres:18'`,
  natsConfig: 'password: $TIDEMARK_NATS_CLI_PASSWORD',
  setPasswords: 'for role in loader; do',
  compose: readCompose(composeText),
  services: ['loader'],
};

const manifests = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: loader }
spec: { template: { metadata: {}, spec: { containers: [{ name: s, image: 'x/tidemark:1', workingDir: /app/services/loader, ports: [{ containerPort: 8080 }] }] } } }
---
apiVersion: apps/v1
kind: StatefulSet
metadata: { name: nats }
spec: { template: { metadata: {}, spec: { containers: [{ name: nats, image: 'nats:2.0', ports: [{ containerPort: 4222 }] }] } } }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: loader }
spec: { triggers: [{ type: nats-jetstream, metadata: { stream: LOAD_LIVE, consumer: load } }] }
`;

test('what is said alike everywhere is no problem', () => {
  expect(checkAgreement(said)).toEqual([]);
  expect(checkOverlay(readManifests(manifests), said)).toEqual([]);
});

test.each<[string, Partial<Said>, string]>([
  ['another memory', { startService: `['--max-old-space-size=2']` }, 'not started with'],
  ['another pnpm', { launcher: `'pnpm@2.0.0'` }, 'pnpm is not'],
  [
    'another image in the tests',
    { testContainers: `'nats:2.1' 'postgres:18'` },
    'nats is nats:2.0',
  ],
  ['a user without a password', { natsConfig: '$TIDEMARK_NATS_NEW_PASSWORD' }, 'TIDEMARK_NATS_NEW'],
  ['a role without a password', { setPasswords: 'for role in loader reader; do' }, 'DB_READER'],
  [
    'a service that is killed before it has stopped',
    { compose: readCompose(composeText.replace('40s', '30s')) },
    'less time to end',
  ],
  ['a new service', { services: ['loader', 'console'] }, 'the service console is missing'],
  [
    'a port for everybody',
    { compose: readCompose(composeText.replace('127.0.0.1:$', '$')) },
    'to other machines',
  ],
])('%s is found', (_, change, problem) => {
  expect(checkAgreement({ ...said, ...change }).join('\n')).toContain(problem);
});

test.each([
  ['name: loader', 'name: loading', 'the Deployment of loader is missing'],
  ['containerPort: 8080', 'containerPort: 80', 'does not show port 8080'],
  ['containerPort: 4222', 'containerPort: 4223', 'does not show port 4222, as compose does'],
  ["'nats:2.0'", "'nats:2.1'", 'in compose nats:2.0'],
  ['/app/services/loader', '/app/services/extractor', 'in compose in /app/services/loader'],
  ['consumer: load', 'consumer: loader', 'no consumer LOAD_LIVE/loader'],
])('an overlay in which %s is %s is refused', (from, to, problem) => {
  expect(checkOverlay(readManifests(manifests.replace(from, to)), said).join('\n')).toContain(
    problem,
  );
});
