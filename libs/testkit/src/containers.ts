import { freePort, type NatsServer } from '@tidemark/local';

// Loaded only when asked for: testcontainers is large, and needs a container engine.
const NATS_IMAGE = 'nats:2.15.1-alpine';
const POSTGRES_IMAGE = 'postgres:18.6-alpine';

/** A PostgreSQL in a container, without fsync. */
export interface PostgresContainer {
  readonly url: string;
  stop(): Promise<void>;
}

/** Tells whether the tests' servers are to run in containers. */
export function wantsContainers(env: NodeJS.ProcessEnv): boolean {
  return env['TIDEMARK_TEST_CONTAINERS'] === 'true';
}

/** Starts PostgreSQL in a container. */
export async function startPostgresContainer(): Promise<PostgresContainer> {
  const { GenericContainer, Wait } = await import('testcontainers');
  const container = await new GenericContainer(POSTGRES_IMAGE)
    .withEnvironment({ POSTGRES_USER: 'tidemark', POSTGRES_PASSWORD: 'tidemark' })
    .withCommand(['-c', 'fsync=off', '-c', 'max_connections=300'])
    .withExposedPorts(5432)
    // The image starts the server twice; only the second one is there to stay.
    .withWaitStrategy(Wait.forLogMessage(/ready to accept connections/, 2))
    .start();
  const address = `${container.getHost()}:${container.getMappedPort(5432)}`;
  return {
    url: `postgres://tidemark:tidemark@${address}/tidemark`,
    stop: async () => void (await container.stop()),
  };
}

/** Starts nats-server in a container, on a port that stays the same over restarts. */
export async function startNatsContainer(): Promise<NatsServer> {
  const { GenericContainer, Wait, getContainerRuntimeClient } = await import('testcontainers');
  const port = await freePort();
  const container = await new GenericContainer(NATS_IMAGE)
    .withCommand(['-js', '-sd', '/data'])
    .withExposedPorts({ container: 4222, host: port })
    .withWaitStrategy(Wait.forLogMessage(/Server is ready/))
    .start();
  const stop = async (): Promise<void> => void (await container.stop());
  return {
    url: `nats://${container.getHost()}:${port}`,
    port,
    monitorUrl: undefined,
    pid: 0,
    stop,
    // Not by its own stop: that one does nothing the second time, and the container would stay behind.
    kill: async () => {
      const { container: containers } = await getContainerRuntimeClient();
      await containers.getById(container.getId()).kill();
    },
    restart: async () => container.restart(),
    [Symbol.asyncDispose]: stop,
  };
}
