import { type Manifest, nameOf, type Container, workloadsOf } from './manifest.ts';

interface Reference {
  readonly by: string;
  readonly secret: string;
  /** Undefined for all keys of it. */
  readonly key: string | undefined;
}

/** Finds Secrets, or keys of them, that pods cannot start without and that nobody has made. */
export function checkSecrets(manifests: readonly Manifest[], made: readonly Manifest[]): string[] {
  const keys = new Map(
    made.map(({ metadata, ...secret }) => [metadata.name, Object.keys(secret['stringData'] ?? {})]),
  );
  return secretsNeeded(manifests).flatMap(({ by, secret, key }) => {
    const there = keys.get(secret);
    if (!there) return [`${by}: the Secret ${secret} is not made`];
    return key === undefined || there.includes(key)
      ? []
      : [`${by}: the Secret ${secret} has no key ${key}`];
  });
}

/** The Secrets that pods name and that have to be there. */
export function secretsNeeded(manifests: readonly Manifest[]): Reference[] {
  return workloadsOf(manifests).flatMap(({ manifest, pod }) =>
    pod.containers.flatMap((container) => [
      ...wholeSecrets(container).map((secret) => ({
        by: nameOf(manifest),
        secret,
        key: undefined,
      })),
      ...container.env.flatMap(({ valueFrom }) => {
        const { secretKeyRef } = valueFrom ?? {};
        return secretKeyRef && secretKeyRef.optional !== true
          ? [{ by: nameOf(manifest), secret: secretKeyRef.name, key: secretKeyRef.key }]
          : [];
      }),
    ]),
  );
}

function wholeSecrets({ envFrom }: Container): string[] {
  return envFrom.flatMap(({ secretRef }) =>
    secretRef && secretRef.optional !== true ? [secretRef.name] : [],
  );
}

/** Finds passwords that a server's configuration names and its Secret does not hold: the server would not start, or have none. */
export function checkPasswords(
  made: readonly Manifest[],
  named: Readonly<Record<string, readonly string[]>>,
): string[] {
  return Object.entries(named).flatMap(([secret, keys]) => {
    const found = made.find(({ metadata }) => metadata.name === secret);
    const there = Object.keys(found?.['stringData'] ?? {});
    return keys
      .filter((key) => !there.includes(key))
      .map((key) => `the Secret ${secret} has no key ${key}`);
  });
}
