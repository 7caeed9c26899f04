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
        valueFrom: z
          .looseObject({
            secretKeyRef: z
              .object({ name: z.string(), key: z.string(), optional: z.boolean().optional() })
              .optional(),
          })
          .optional(),
      }),
    )
    .default([]),
  envFrom: z
    .array(
      z.looseObject({
        configMapRef: z.object({ name: z.string() }).optional(),
        secretRef: z.object({ name: z.string(), optional: z.boolean().optional() }).optional(),
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

const Template = z.looseObject({
  metadata: z.looseObject({ labels: z.record(z.string(), z.string()).default({}) }),
  spec: PodSpec,
});
const Controller = z.looseObject({
  spec: z.looseObject({ replicas: z.number().optional(), template: Template }),
});
const CronJob = z.looseObject({ spec: z.looseObject({ jobTemplate: Controller }) });

export interface Workload {
  readonly manifest: Manifest;
  readonly labels: Readonly<Record<string, string>>;
  readonly replicas: number | undefined;
  /** Whether its pods are to end by themselves. */
  readonly ends: boolean;
  readonly pod: PodSpec;
}

/** The objects that are pods or make them. */
export function workloadsOf(manifests: readonly Manifest[]): Workload[] {
  return manifests.flatMap((manifest) => {
    const found = podsOf(manifest);
    if (!found) return [];
    const { ends, replicas, template } = found;
    return [{ manifest, ends, replicas, labels: template.metadata.labels, pod: template.spec }];
  });
}

interface Pods {
  readonly ends: boolean;
  readonly replicas: number | undefined;
  readonly template: z.infer<typeof Template>;
}

function podsOf(manifest: Manifest): Pods | undefined {
  switch (manifest.kind) {
    case 'Deployment':
    case 'StatefulSet': {
      const { replicas, template } = Controller.parse(manifest).spec;
      return { ends: false, replicas, template };
    }
    case 'Job':
      return {
        ends: true,
        replicas: undefined,
        template: Controller.parse(manifest).spec.template,
      };
    case 'CronJob': {
      const { template } = CronJob.parse(manifest).spec.jobTemplate.spec;
      return { ends: true, replicas: undefined, template };
    }
    case 'Pod':
      return { ends: true, replicas: undefined, template: Template.parse(manifest) };
    default:
      return undefined;
  }
}

/** Follows a path into what is not typed any further. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    value,
  );
}
