import { consumerOf, streamOf } from '@tidemark/bus';
import { runClasses } from '@tidemark/contracts';
import type { Compose } from './deployed.ts';
import { imageEnv } from './deployed.ts';
import { type Manifest, nameOf, workloadsOf } from './manifest.ts';
import { stopSeconds } from './stop-seconds.ts';

/** What is said in more than one place, as it was read there. */
export interface Said {
  readonly dockerfile: string;
  readonly launcher: string;
  readonly startService: string;
  readonly testContainers: string;
  readonly natsConfig: string;
  readonly setPasswords: string;
  readonly compose: Compose;
  readonly services: readonly string[];
}

/** Finds where the image, compose, the tests and the local stack say different things of the same. */
export function checkAgreement(said: Said): string[] {
  return [
    ...flagProblems(said),
    ...imageProblems(said),
    ...passwordProblems(said),
    ...said.services
      .filter((service) => !(service in said.compose.services))
      .map((service) => `docker-compose.yml: the service ${service} is missing`),
    ...Object.entries(said.compose.services).flatMap(([name, { ports }]) =>
      ports
        .filter((port) => !port.startsWith('127.0.0.1:'))
        .map((port) => `docker-compose.yml: ${name} opens the port ${port} to other machines`),
    ),
    ...said.services.flatMap((service) => stopProblems(service, said.compose)),
  ];
}

/** Whoever is killed before its own deadline gives nothing back. */
function stopProblems(service: string, { services }: Compose): string[] {
  const found = services[service];
  const [, seconds = '10'] = /^(\d+)s$/.exec(found?.stop_grace_period ?? '') ?? [];
  return found === undefined || Number(seconds) > stopSeconds(found.environment)
    ? []
    : [`docker-compose.yml: ${service} has less time to end than it takes to stop`];
}

function flagProblems({ dockerfile, launcher, startService }: Said): string[] {
  const flags = [...startService.matchAll(/'(--(?:max|heap)-[a-z-]+=\d+)'/g)].map(
    ([, flag = '']) => flag,
  );
  const entrypoint = /^ENTRYPOINT .*node.*telemetry.*$/m.exec(dockerfile)?.[0] ?? '';
  const warmUp = /^RUN for service[^]*?warm-up/m.exec(dockerfile)?.[0] ?? '';
  const pnpm = /'(pnpm@[\d.]+)'/.exec(launcher)?.[1];
  return [
    ...flags.flatMap((flag) => [
      ...(entrypoint.includes(`"${flag}"`)
        ? []
        : [`Dockerfile: services are not started with ${flag}`]),
      ...(warmUp.includes(flag) ? [] : [`Dockerfile: the compile cache is not made with ${flag}`]),
    ]),
    ...(flags.length > 0 ? [] : ['start-service.ts: no memory settings were found']),
    ...(dockerfile.includes(`ARG PNPM=${pnpm}\n`) ? [] : [`Dockerfile: pnpm is not ${pnpm}`]),
    ...Object.entries(imageEnv)
      .filter(([name, value]) => !dockerfile.includes(`${name}=${value}`))
      .map(([name, value]) => `Dockerfile: ${name} is not ${value}`),
  ];
}

function imageProblems({ compose, testContainers }: Said): string[] {
  return ['nats', 'postgres'].flatMap((name) => {
    const image = compose.services[name]?.image ?? 'none';
    return testContainers.includes(`'${image}'`)
      ? []
      : [`docker-compose.yml: ${name} is ${image}, and the tests use another one`];
  });
}

/** A password that nobody sets would be empty, or keep the server from starting. */
function passwordProblems({ compose, natsConfig, setPasswords }: Said): string[] {
  const { nats, postgres } = passwordsOf({ natsConfig, setPasswords });
  const missing = (service: string, names: readonly string[]): string[] =>
    names
      .filter((name) => compose.services[service]?.environment[name] === undefined)
      .map((name) => `docker-compose.yml: ${service} is not given ${name}`);
  return [...missing('nats', nats), ...missing('postgres', postgres)];
}

/** The passwords that the configurations of the servers name. */
export function passwordsOf({
  natsConfig,
  setPasswords,
}: Pick<Said, 'natsConfig' | 'setPasswords'>): {
  readonly nats: readonly string[];
  readonly postgres: readonly string[];
} {
  const roles = /for role in ([a-z ]+);/.exec(setPasswords)?.[1]?.split(' ') ?? [];
  return {
    nats: [...natsConfig.matchAll(/\$(TIDEMARK_NATS_[A-Z]+_PASSWORD)/g)].map(
      ([, name = '']) => name,
    ),
    postgres: roles.map((role) => `TIDEMARK_DB_${role.toUpperCase()}_PASSWORD`),
  };
}

/** Finds where rendered manifests and compose say different things, or name what the code does not have. */
export function checkOverlay(manifests: readonly Manifest[], said: Said): string[] {
  const workloads = workloadsOf(manifests);
  const missing = said.services.filter(
    (service) => !workloads.some(({ manifest }) => manifest.metadata.name === service),
  );
  const port = Number(imageEnv['TIDEMARK_HTTP_PORT']);
  return [
    ...missing.map((service) => `the Deployment of ${service} is missing`),
    ...workloads.flatMap(({ manifest, pod }) =>
      pod.containers.flatMap((container) => {
        const { name } = manifest.metadata;
        const other = said.compose.services[name];
        if (!other) return [`${nameOf(manifest)}: compose has no service of this name`];
        const isService = said.services.includes(name);
        const ports = container.ports.map(({ containerPort }) => containerPort);
        const published = other.ports.map((each) => Number(each.split(':').at(-1)));
        return [
          ...(isService || name === 'migrate' || container.image === other.image
            ? []
            : [`${nameOf(manifest)}: the image is ${container.image}, in compose ${other.image}`]),
          ...(isService && !ports.includes(port)
            ? [`${nameOf(manifest)}: does not show port ${port}`]
            : []),
          ...published
            .filter((each) => !ports.includes(each))
            .map((each) => `${nameOf(manifest)}: does not show port ${each}, as compose does`),
          ...(container.workingDir === other.working_dir
            ? []
            : [
                `${nameOf(manifest)}: starts in ${container.workingDir}, in compose in ${other.working_dir}`,
              ]),
        ];
      }),
    ),
    ...triggerProblems(manifests),
  ];
}

/** A trigger on a consumer that does not exist scales to the maximum, or not at all. */
function triggerProblems(manifests: readonly Manifest[]): string[] {
  const known = new Set(
    runClasses.flatMap((runClass) =>
      (['raw', 'load'] as const).map(
        (stage) => `${streamOf(stage, runClass)}/${consumerOf(stage)}`,
      ),
    ),
  );
  return manifests
    .filter(({ kind }) => kind === 'ScaledObject')
    .flatMap((manifest) => {
      const { triggers = [] } = manifest['spec'] as { triggers?: readonly Trigger[] };
      return triggers
        .filter(({ type }) => type === 'nats-jetstream')
        .map(({ metadata }) => `${metadata['stream']}/${metadata['consumer']}`)
        .filter((place) => !known.has(place))
        .map((place) => `${nameOf(manifest)}: there is no consumer ${place}`);
    });
}

interface Trigger {
  readonly type: string;
  readonly metadata: Readonly<Record<string, string>>;
}
