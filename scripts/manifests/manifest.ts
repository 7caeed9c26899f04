import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

/** What every object of Kubernetes says of itself; the rest is looked at where it matters. */
const Manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({
    name: z.string(),
    namespace: z.string().optional(),
    labels: z.record(z.string(), z.string()).optional(),
  }),
});
export type Manifest = z.infer<typeof Manifest>;

/** The objects in a stream of YAML documents, as `kubectl kustomize` prints it. */
export function readManifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => {
    const [error] = document.errors;
    if (error) throw error;
    return Manifest.parse(document.toJS());
  });
}

/** How an object is called in a sentence. */
export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.name}`;
}

const probe = z.looseObject({});
const Container = z.looseObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  args: z.array(z.string()).optional(),
  workingDir: z.string().optional(),
  env: z
    .array(
      z.object({
        name: z.string(),
        value: z.string().optional(),
        valueFrom: z.looseObject({}).optional(),
      }),
    )
    .default([]),
  envFrom: z
    .array(
      z.looseObject({
        configMapRef: z.object({ name: z.string() }).optional(),
        secretRef: z.looseObject({ name: z.string() }).optional(),
      }),
    )
    .default([]),
  ports: z.array(z.looseObject({ containerPort: z.number() })).default([]),
  resources: z
    .object({
      requests: z.record(z.string(), z.string()).default({}),
      limits: z.record(z.string(), z.string()).default({}),
    })
    .default({ requests: {}, limits: {} }),
  securityContext: z.looseObject({}).default({}),
  livenessProbe: probe.optional(),
  readinessProbe: probe.optional(),
});
export type Container = z.infer<typeof Container>;

const PodSpec = z.looseObject({
  automountServiceAccountToken: z.boolean().optional(),
  enableServiceLinks: z.boolean().optional(),
  terminationGracePeriodSeconds: z.number().default(30),
  securityContext: z.looseObject({}).default({}),
  containers: z.array(Container),
});
export type PodSpec = z.infer<typeof PodSpec>;

const Workload = z.looseObject({
  spec: z.looseObject({
    replicas: z.number().optional(),
    template: z.looseObject({
      metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }),
      spec: PodSpec,
    }),
  }),
});

export interface Workload {
  readonly manifest: Manifest;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number | undefined;
  readonly pod: PodSpec;
}

const kindsWithPods = ['Deployment', 'StatefulSet', 'Job'];

/** The objects that make pods. */
export function workloadsOf(manifests: readonly Manifest[]): Workload[] {
  return manifests
    .filter(({ kind }) => kindsWithPods.includes(kind))
    .map((manifest) => {
      const { template, replicas } = Workload.parse(manifest).spec;
      return { manifest, labels: template.metadata.labels, replicas, pod: template.spec };
    });
}
