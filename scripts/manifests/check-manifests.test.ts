import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { checkMetrics, checkPanels, metricsOf } from './check-metrics.ts';
import { checkPolicy } from './check-policy.ts';
import { checkSettings } from './check-settings.ts';
import { checkTypes } from './check-types.ts';
import { deployedByCompose, deployedByManifests, readCompose } from './deployed.ts';
import { readMinor } from './find-kubectl.ts';
import { readManifests } from './manifest.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const good = `
apiVersion: v1
kind: ConfigMap
metadata: { name: settings }
data: { TIDEMARK_LANES: '4' }
---
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: { name: loader }
spec: { maxUnavailable: 1, selector: { matchLabels: { app: loader } } }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: loader, labels: { app.kubernetes.io/component: scaler } }
spec:
  scaleTargetRef: { name: loader }
  maxReplicaCount: 6
  triggers: [{ type: nats-jetstream, metadata: { stream: LOAD_LIVE, consumer: load } }]
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: loader }
spec:
  selector: { matchLabels: { app: loader } }
  template:
    metadata: { labels: { app: loader } }
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 40
      securityContext: { runAsNonRoot: true, seccompProfile: { type: RuntimeDefault } }
      containers:
        - name: service
          image: tidemark:1.0.0
          workingDir: /app/services/loader
          envFrom: [{ configMapRef: { name: settings } }]
          env:
            - { name: DATABASE_URL, valueFrom: { secretKeyRef: { name: s, key: DATABASE_URL } } }
          resources: { requests: { cpu: 100m, memory: 128Mi }, limits: { memory: 256Mi } }
          securityContext: { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: [ALL] } }
          readinessProbe: { httpGet: { path: /readyz, port: 8080 } }
          livenessProbe: { httpGet: { path: /healthz, port: 8080 } }
`;

function broken(from: string, to: string): string {
  expect(good).toContain(from);
  return good.replace(from, to);
}

test('good manifests have no problems', async () => {
  const manifests = readManifests(good);

  expect(checkPolicy(manifests)).toEqual([]);
  for (const deployed of deployedByManifests(manifests)) {
    expect(await checkSettings(root, deployed)).toEqual([]);
  }
});

test.each([
  ['automountServiceAccountToken: false', 'automountServiceAccountToken: true', 'token'],
  ['runAsNonRoot: true', 'runAsNonRoot: false', 'root'],
  ['terminationGracePeriodSeconds: 40', 'terminationGracePeriodSeconds: 20', 'time to end'],
  ["TIDEMARK_LANES: '4'", "TIDEMARK_STOP_DEADLINE_MS: '60000'", 'time to end'],
  ['{ maxUnavailable: 1,', '{ minAvailable: 1,', 'lets no pod go'],
  ['component: scaler', 'component: other', 'is not labelled as a scaler'],
  ['readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false', 'root file system'],
  ['drop: [ALL]', 'drop: [NET_RAW]', 'capabilities'],
  ['limits: { memory: 256Mi }', 'limits: {}', 'no limit of memory'],
  ['limits: { memory: 256Mi }', 'limits: { memory: 1Mi, cpu: 1 }', 'limit of processor time'],
  ['tidemark:1.0.0', 'tidemark:latest', 'no fixed version'],
  ['readinessProbe: {', 'startupProbe: {', 'no readiness probe'],
  [
    'maxUnavailable: 1, selector: { matchLabels: { app: loader } }',
    'maxUnavailable: 1, selector: { matchLabels: { app: x } }',
    'no PodDisruptionBudget',
  ],
  ['scaleTargetRef: { name: loader }', 'scaleTargetRef: { name: load }', 'does not exist'],
  ["data: { TIDEMARK_LANES: '4' }", 'data: { A_PASSWORD: x }', 'looks like a secret'],
  ["data: { TIDEMARK_LANES: '4' }", "data: { URL: 'nats://a:b@host' }", 'looks like a secret'],
  ['kind: ConfigMap', 'kind: Secret', 'stand in git'],
])('a policy refuses %s changed to %s', (from, to, said) => {
  const problems = checkPolicy(readManifests(broken(from, to).replace('cpu: 1 }', "cpu: '1' }")));

  expect(problems.join('\n')).toContain(said);
});

test('a target of a scaler may not say how often it runs', () => {
  const text = broken(
    '  selector: { matchLabels: { app: loader } }\n  template',
    '  replicas: 2\n  selector: { matchLabels: { app: loader } }\n  template',
  );

  expect(checkPolicy(readManifests(text)).join()).toContain('is scaled by ScaledObject');
});

test('fields that do not exist, that are missing, or have another type are found, in Kubernetes and in KEDA', () => {
  const mistakes = readManifests(`
apiVersion: apps/v1
kind: Deployment
metadata: { name: wrong-number }
spec: { replicas: two, selector: {}, template: {} }
---
apiVersion: v1
kind: Service
metadata: { name: wrong-field }
spec: { selectors: { app: x }, ports: [{ port: 80 }] }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: wrong-count }
spec: { minReplicaCounts: 1, scaleTargetRef: { name: x }, triggers: [] }
---
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata: { name: no-target }
spec: { triggers: [] }
---
apiVersion: example.com/v1
kind: Thing
metadata: { name: unknown }
`);

  const found = checkTypes(root, [...readManifests(good), ...mistakes]);

  expect(new Set(found.map((problem) => problem.split(':')[0]))).toEqual(
    new Set([
      'Deployment wrong-number',
      'ScaledObject no-target',
      'ScaledObject wrong-count',
      'Service wrong-field',
      'Thing unknown',
    ]),
  );
}, 30_000);

test.each([
  ["TIDEMARK_LANES: '4'", "TIDEMARK_LANES: '400'", 'TIDEMARK_LANES'],
  ["TIDEMARK_LANES: '4'", "TIDEMARK_LINES: '4'", 'TIDEMARK_LINES is set, and nobody reads it'],
  ["TIDEMARK_LANES: '4'", "TIDEMARK_RETENTION_DAYS: '4'", 'nobody reads it'],
  ['name: DATABASE_URL, valueFrom', 'name: PGHOST, valueFrom', 'DATABASE_URL: is not set'],
  ['/app/services/loader', '/app/services/nobody', 'services/nobody'],
])('settings refuse %s changed to %s', async (from, to, said) => {
  const [deployed] = deployedByManifests(readManifests(broken(from, to)));
  if (!deployed) throw new Error('there is one container of ours');

  expect((await checkSettings(root, deployed)).join('\n')).toContain(said);
});

test('the command line in a pod of its own is known by its program', async () => {
  const [pod] = deployedByManifests(
    readManifests(`
apiVersion: v1
kind: Pod
metadata: { name: now }
spec:
  containers:
    - name: now
      image: x/tidemark:1.0.0
      command: [node, /app/cli/src/main.ts]
      args: [status]
      env: [{ name: NATS_URL, value: x }, { name: TIDEMARK_LANES, value: '4' }]
`),
  );
  if (!pod) throw new Error('there is one container of ours');

  expect(pod).toMatchObject({ folder: 'cli', main: 'src/main.ts' });
  expect(await checkSettings(root, pod)).toEqual([
    'Pod now: TIDEMARK_LANES is set, and nobody reads it',
  ]);
});

test('settings of compose are read with their defaults and those of .env', () => {
  const compose = readCompose(`
x-all: &all { A: '\${A:-info}' }
services:
  loader:
    image: \${TIDEMARK_IMAGE:-tidemark:dev}
    working_dir: /app/services/loader
    environment: { <<: *all, DATABASE_URL: 'postgres://x:\${P:?}@postgres/x' }
  nats: { image: 'nats:2' }
`);

  const [loader, ...others] = deployedByCompose(compose);

  expect(others).toEqual([]);
  expect(loader?.env).toMatchObject({ A: 'info', DATABASE_URL: 'postgres://x:given@postgres/x' });
});

test('metrics are known by the names that Prometheus gives them', () => {
  const code = `m.createCounter('tidemark.a.b', { description: 'x' });
    m.createHistogram('tidemark.a.duration', { unit: 's', description: 'x' });
    m.createCounter('tidemark.c')`;

  expect(metricsOf(code)).toContain('tidemark_a_duration_bucket');
  expect(checkMetrics({ rules: 'rate(tidemark_a_b_total[5m]) tidemark_c_total' }, code)).toEqual(
    [],
  );
  expect(checkMetrics({ rules: 'tidemark_gone_total' }, code)).toHaveLength(1);
});

test('a panel that a guide names has to be there', () => {
  const dashboard = '{ "title": "Pages read a second, by collector" }';

  expect(checkPanels({ guide: 'see "Pages read a second" in Grafana' }, dashboard)).toEqual([]);
  expect(checkPanels({ guide: 'see "Pages read an hour" in Grafana' }, dashboard)).toEqual([
    'guide: no panel is called Pages read an hour',
  ]);
});

test('the version of kubectl is read from what it says', () => {
  expect(readMinor('{ "clientVersion": { "major": "1", "minor": "20+" } }')).toBe(20);
  expect(readMinor('kubectl: not found')).toBeUndefined();
});
