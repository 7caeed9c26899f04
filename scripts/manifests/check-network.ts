import { envOf, imageEnv, isOurs } from './deployed.ts';
import { at, type Manifest, nameOf, workloadsOf, type Workload } from './manifest.ts';

type Direction = 'Ingress' | 'Egress';
type Labels = Readonly<Record<string, string>>;

const DNS_PORT = 53;
/** What each address leads to; where a value comes from a Secret, only this tells the port. */
const serverPorts: Readonly<Record<string, number>> = { DATABASE_URL: 5432, NATS_URL: 4222 };
const endpoint = 'OTEL_EXPORTER_OTLP_ENDPOINT';

/** Finds pods that the network policies keep from what they need, and ones that may reach what they should not. */
export function checkNetwork(manifests: readonly Manifest[]): string[] {
  const policies = manifests.filter(({ kind }) => kind === 'NetworkPolicy');
  const workloads = workloadsOf(manifests);
  const ours = workloads.filter(({ pod }) => pod.containers.some(isOurs));
  return [
    ...ours.flatMap((workload) => unreached(workload, { policies, workloads, manifests })),
    ...ours
      .filter(({ ends }) => !ends)
      .filter(({ labels }) => !opens(policies, 'Ingress', labels, metricsPort))
      .map(({ manifest }) => `${nameOf(manifest)}: nobody may ask it for its metrics`),
    ...policies.flatMap(outsideProblems),
  ];
}

const metricsPort = Number(imageEnv['TIDEMARK_HTTP_PORT']);

interface Cluster {
  readonly policies: readonly Manifest[];
  readonly workloads: readonly Workload[];
  readonly manifests: readonly Manifest[];
}

function unreached({ manifest, labels, pod }: Workload, cluster: Cluster): string[] {
  const { policies, workloads } = cluster;
  return portsNeeded(pod.containers.map((each) => envOf(each, cluster.manifests))).flatMap(
    (port) => {
      const rules = rulesOf(policies, 'Egress', labels).filter((rule) => hasPort(rule, port));
      if (rules.length === 0)
        return [`${nameOf(manifest)}: no network policy lets it out to port ${port}`];
      // Servers that stand beside it have to let it in, too.
      const there = workloads.filter((server) =>
        rules.some((rule) => names(rule, 'to', server.labels)),
      );
      return there
        .filter(
          (server) =>
            !rulesOf(policies, 'Ingress', server.labels).some(
              (rule) => hasPort(rule, port) && names(rule, 'from', labels),
            ),
        )
        .map((server) => `${nameOf(server.manifest)}: does not let ${nameOf(manifest)} in`);
    },
  );
}

function portsNeeded(envs: readonly Readonly<Record<string, string | undefined>>[]): number[] {
  const servers = Object.entries(serverPorts).filter(([name]) => envs.some((env) => name in env));
  const receivers = envs.flatMap((env) =>
    env[endpoint] ? [Number(new URL(env[endpoint]).port)] : [],
  );
  return [DNS_PORT, ...servers.map(([, port]) => port), ...new Set(receivers)];
}

function opens(
  policies: readonly Manifest[],
  direction: Direction,
  labels: Labels,
  port: number,
): boolean {
  return rulesOf(policies, direction, labels).some((rule) => hasPort(rule, port));
}

function rulesOf(policies: readonly Manifest[], direction: Direction, labels: Labels): unknown[] {
  return policies
    .filter((policy) => selects(at(policy['spec'], 'podSelector'), labels))
    .flatMap((policy) => list(at(policy['spec'], direction.toLowerCase())));
}

function hasPort(rule: unknown, port: number): boolean {
  return list(at(rule, 'ports')).some((each) => at(each, 'port') === port);
}

/** Whether a rule means these pods of its own namespace. */
function names(rule: unknown, side: 'from' | 'to', labels: Labels): boolean {
  return list(at(rule, side)).some((peer) => {
    const selector = at(peer, 'podSelector');
    return (
      selector !== undefined &&
      at(peer, 'namespaceSelector') === undefined &&
      selects(selector, labels)
    );
  });
}

function selects(selector: unknown, labels: Labels): boolean {
  const wanted = Object.entries(at(selector, 'matchLabels') ?? {});
  return (
    wanted.every(([key, value]) => labels[key] === value) &&
    list(at(selector, 'matchExpressions')).every((each) => {
      const value = labels[String(at(each, 'key'))];
      return value !== undefined && list(at(each, 'values')).includes(value);
    })
  );
}

const wholeInternet = ['0.0.0.0/0', '::/0'];
/** Private networks, and the addresses at which clouds tell their machines' secrets. */
const inside: Readonly<Record<string, readonly string[]>> = {
  '0.0.0.0/0': ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16'],
  '::/0': ['fc00::/7', 'fe80::/10'],
};

/** Only the extractor has business outside, and only outside. */
function outsideProblems(policy: Manifest): string[] {
  const peers = list(at(policy['spec'], 'egress')).flatMap((rule) => list(at(rule, 'to')));
  return peers
    .map((peer) => at(peer, 'ipBlock'))
    .filter((block) => wholeInternet.includes(String(at(block, 'cidr'))))
    .flatMap((block) => {
      const except = list(at(block, 'except'));
      const missing = (inside[String(at(block, 'cidr'))] ?? []).filter(
        (net) => !except.includes(net),
      );
      const who = at(policy['spec'], 'podSelector', 'matchLabels', 'app.kubernetes.io/name');
      return [
        ...missing.map((net) => `${nameOf(policy)}: ${net} is not outside`),
        ...(who === 'extractor' ? [] : [`${nameOf(policy)}: lets more than the extractor outside`]),
      ];
    });
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
