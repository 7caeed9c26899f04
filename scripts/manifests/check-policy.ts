import { envOf } from './deployed.ts';
import {
  type Container,
  type Manifest,
  at,
  nameOf,
  workloadsOf,
  type Workload,
} from './manifest.ts';
import { stopSeconds } from './stop-seconds.ts';

/** Finds pods that may do or take too much, or that a node's drain or a rollout would end badly. */
export function checkPolicy(manifests: readonly Manifest[]): string[] {
  const workloads = workloadsOf(manifests);
  return [
    ...workloads.flatMap((workload) => podProblems(workload, manifests)),
    ...workloads.flatMap((workload) => disruptionProblems(workload, manifests)),
    ...scalerProblems(manifests, workloads),
    ...secretProblems(manifests),
  ];
}

function podProblems({ manifest, ends, pod }: Workload, all: readonly Manifest[]): string[] {
  const wrong = failing({
    'mounts the token of its service account': pod.automountServiceAccountToken !== false,
    'is given the variables of all Services of its namespace': pod.enableServiceLinks !== false,
    'may run as root': pod.securityContext['runAsNonRoot'] !== true,
    'has no seccomp profile': !isRuntimeDefault(pod.securityContext['seccompProfile']),
    'has less time to end than a service takes to stop':
      !ends &&
      pod.containers.some(
        (container) => pod.terminationGracePeriodSeconds <= stopSeconds(envOf(container, all)),
      ),
  });
  const ofContainers = pod.containers.flatMap((container) =>
    containerProblems(container, ends).map((problem) => `container ${container.name} ${problem}`),
  );
  return [...wrong, ...ofContainers].map((problem) => `${nameOf(manifest)}: ${problem}`);
}

function containerProblems(container: Container, ends: boolean): string[] {
  const { securityContext, resources, image } = container;
  return failing({
    'may write to its root file system': securityContext['readOnlyRootFilesystem'] !== true,
    'may gain privileges': securityContext['allowPrivilegeEscalation'] !== false,
    'keeps capabilities': !dropsAll(securityContext['capabilities']),
    'requests no processor time': resources.requests['cpu'] === undefined,
    'requests no memory': resources.requests['memory'] === undefined,
    'has no limit of memory': resources.limits['memory'] === undefined,
    // It would be throttled in the middle of a batch while the node is idle.
    'has a limit of processor time': resources.limits['cpu'] !== undefined,
    'has no readiness probe': !ends && container.readinessProbe === undefined,
    'has no liveness probe': !ends && container.livenessProbe === undefined,
    'is no fixed version': !/:[^/]*\d|:dev$|@sha256:/.test(image),
  });
}

function failing(checks: Readonly<Record<string, boolean>>): string[] {
  return Object.entries(checks).flatMap(([problem, isThere]) => (isThere ? [problem] : []));
}

function isRuntimeDefault(profile: unknown): boolean {
  return JSON.stringify(profile) === '{"type":"RuntimeDefault"}';
}

function dropsAll(capabilities: unknown): boolean {
  return JSON.stringify(capabilities) === '{"drop":["ALL"]}';
}

/** A Deployment without a budget loses all its pods to one drained node; with one that allows nothing, no node is ever drained. */
function disruptionProblems(workload: Workload, manifests: readonly Manifest[]): string[] {
  if (workload.manifest.kind !== 'Deployment') return [];
  const budgets = manifests
    .filter(({ kind }) => kind === 'PodDisruptionBudget')
    .filter((budget) => selects(budget['spec'], workload.labels));
  const name = nameOf(workload.manifest);
  if (budgets.length === 0) return [`${name}: no PodDisruptionBudget selects it`];
  // One replica is allowed to go, too: "at least one stays" would hold up a drain for ever.
  return budgets.every((budget) => Number(at(budget['spec'], 'maxUnavailable')) >= 1)
    ? []
    : [`${name}: its PodDisruptionBudget lets no pod go`];
}

function selects(spec: unknown, labels: Readonly<Record<string, string>>): boolean {
  const wanted = at(spec, 'selector', 'matchLabels');
  if (typeof wanted !== 'object' || wanted === null) return false;
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}

/** Whoever is scaled must exist, and must not say by itself how often it runs: each rollout would set that number again. */
function scalerProblems(manifests: readonly Manifest[], workloads: readonly Workload[]): string[] {
  const scalers = manifests.filter(({ kind }) =>
    ['ScaledObject', 'HorizontalPodAutoscaler'].includes(kind),
  );
  return scalers.flatMap((scaler) => {
    const name = at(scaler['spec'], 'scaleTargetRef', 'name');
    const target = workloads.find(({ manifest }) => manifest.metadata.name === name);
    if (!target) return [`${nameOf(scaler)}: what it scales does not exist`];
    return failing({
      [`${nameOf(target.manifest)}: says how often it runs, and is scaled by ${scaler.kind}`]:
        target.replicas !== undefined,
      // docs/deploy.md applies what has this label when the consumers are there.
      [`${nameOf(scaler)}: is not labelled as a scaler, and asks for consumers before they are made`]:
        scaler.kind === 'ScaledObject' &&
        scaler.metadata.labels?.['app.kubernetes.io/component'] !== 'scaler',
    });
  });
}

/** Secrets come from elsewhere: none of their values belongs into what is rendered from files in git. */
function secretProblems(manifests: readonly Manifest[]): string[] {
  const own = manifests.filter(({ kind }) => kind === 'Secret');
  const hidden = manifests
    .filter(({ kind }) => kind === 'ConfigMap')
    .flatMap((manifest) =>
      Object.entries(manifest['data'] ?? {}).flatMap(([key, value]) =>
        /PASSWORD|TOKEN|SECRET/.test(key) || /:\/\/[^/\s:@$<]+:[^@\s<$]+@/.test(String(value))
          ? [`${nameOf(manifest)}: ${key} looks like a secret`]
          : [],
      ),
    );
  return [...own.map((manifest) => `${nameOf(manifest)}: its values stand in git`), ...hidden];
}
