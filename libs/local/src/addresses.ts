/** Servers of the user's own, where given. */
export interface Addresses {
  readonly databaseUrl: string | undefined;
  readonly natsUrl: string | undefined;
}

/** Reads which servers are given from outside; an empty value counts as not given. */
export function readAddresses(env: NodeJS.ProcessEnv): Addresses {
  return {
    databaseUrl: given(env['DATABASE_URL']),
    natsUrl: given(env['NATS_URL']),
  };
}

function given(value: string | undefined): string | undefined {
  const text = value?.trim();
  return text === '' ? undefined : text;
}
