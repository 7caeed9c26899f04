import type { ServiceName } from '@tidemark/local';
import {
  guardedNats,
  makeServiceRoles,
  type GuardedNats,
  type GuardedNatsOptions,
  type RoleUrls,
  type ServiceRole,
} from '@tidemark/testkit';

export interface GuardOptions {
  readonly natsPasswords?: GuardedNatsOptions['passwords'];
  readonly databasePasswords?: Partial<Record<ServiceRole, string>>;
}

/** Servers that know each service by a user of its own, configured by what is deployed. */
export interface GuardedServers {
  readonly nats: GuardedNats;
  readonly roles: RoleUrls;
  /** Where a service finds its servers when it asks for NATS on this port: the transformer is given no database. */
  addressesOf(service: ServiceName, natsPort: number): Record<string, string>;
  /** What people and their programs are given. */
  readonly cli: Readonly<Record<'DATABASE_URL' | 'NATS_URL', string>>;
}

/** Starts a guarded nats-server and gives the roles of the services passwords in a PostgreSQL of the test's own. */
export async function guardServers(
  databaseUrl: string,
  options: GuardOptions,
): Promise<GuardedServers> {
  const roles = await makeServiceRoles(databaseUrl, options.databasePasswords);
  const nats = await guardedNats({ passwords: options.natsPasswords ?? {} });
  return {
    nats,
    roles,
    addressesOf: (service, natsPort) => ({
      NATS_URL: nats.urlOf(service, natsPort),
      ...(service === 'transformer' ? {} : { DATABASE_URL: roles[service] }),
    }),
    cli: { DATABASE_URL: roles.reader, NATS_URL: nats.urlOf('cli') },
  };
}
