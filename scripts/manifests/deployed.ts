import { parse } from 'yaml';
import { z } from 'zod';
import type { Deployed } from './check-settings.ts';
import { type Container, type Manifest, nameOf, workloadsOf } from './manifest.ts';

/** What the image sets for all of them. */
export const imageEnv: Readonly<Record<string, string>> = {
  TIDEMARK_HTTP_HOST: '0.0.0.0',
  TIDEMARK_HTTP_PORT: '8080',
};

/** The processes of ours that rendered manifests start; images are told apart by name, ours is `tidemark`. */
export function deployedByManifests(manifests: readonly Manifest[]): Deployed[] {
  return workloadsOf(manifests).flatMap(({ manifest, pod }) =>
    pod.containers.filter(isOurs).map((container) => {
      const env = envOf(container, manifests);
      const [, folder, main] =
        /^\/app\/(.+)\/(src\/.+)$/.exec(container.command?.at(-1) ?? '') ?? [];
      // A program of its own, the command line: it reads nothing of what the image sets for services.
      if (folder !== undefined && main !== undefined)
        return { what: nameOf(manifest), folder, main, env };
      return {
        what: nameOf(manifest),
        folder: folderOf(container.workingDir),
        main: container.args?.[0] ?? 'src/main.ts',
        env: { ...imageEnv, ...env },
      };
    }),
  );
}

/** Whether a container runs our image. */
export function isOurs({ image }: Container): boolean {
  return /(^|\/)tidemark(:|@|$)/.test(image);
}

/** What a container is given: values of ConfigMaps and its own; what comes from a Secret is undefined. */
export function envOf(
  { env, envFrom }: Container,
  manifests: readonly Manifest[],
): Record<string, string | undefined> {
  const shared = envFrom.flatMap(({ configMapRef }) => {
    const found = manifests.find(
      ({ kind, metadata }) => kind === 'ConfigMap' && metadata.name === configMapRef?.name,
    );
    return Object.entries(z.record(z.string(), z.string()).parse(found?.['data'] ?? {}));
  });
  return Object.fromEntries([...shared, ...env.map(({ name, value }) => [name, value] as const)]);
}

/** Where the sources of a working folder of the image are in the project. */
function folderOf(workingDir: string | undefined): string {
  return (workingDir ?? '/app/services/watermark').replace(/^\/app\//, '');
}

const Compose = z.looseObject({
  services: z.record(
    z.string(),
    z.looseObject({
      image: z.string(),
      working_dir: z.string().optional(),
      command: z.array(z.string()).optional(),
      entrypoint: z.array(z.string()).optional(),
      environment: z.record(z.string(), z.string()).default({}),
      ports: z.array(z.string()).default([]),
      stop_grace_period: z.string().optional(),
    }),
  ),
});
export type Compose = z.infer<typeof Compose>;

/** The services of a compose file, with its anchors and merges resolved, and its variables as they are written. */
export function readCompose(text: string): Compose {
  return Compose.parse(parse(text, { merge: true }));
}

/** The processes of ours that a compose file starts. A variable with a default has it; one without comes from .env. */
export function deployedByCompose({ services }: Compose): Deployed[] {
  return Object.entries(services)
    .filter(([, { image }]) => image.startsWith('${TIDEMARK_IMAGE'))
    .map(([name, { working_dir: folder, command, entrypoint, environment }]) => ({
      what: `compose service ${name}`,
      folder: folderOf(folder),
      main: entrypoint === undefined ? (command?.[0] ?? 'src/main.ts') : 'src/main.ts',
      env: {
        ...(entrypoint === undefined ? imageEnv : {}),
        ...Object.fromEntries(
          Object.entries(environment).map(([key, value]) => [key, interpolated(value)]),
        ),
      },
    }));
}

function interpolated(value: string): string {
  return value
    .replaceAll(/\$\{[A-Z_]+:-([^}]*)\}/g, '$1')
    .replaceAll(/\$\{[A-Z_]+(:\?[^}]*)?\}/g, 'given');
}
