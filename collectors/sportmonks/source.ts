import type { HttpDefinitionInput } from '@tidemark/collector-sdk';

/** The API that all collectors of this folder read; each entity has a quota of its own, told in the body. */
export function sportmonks(entity: string): HttpDefinitionInput['source'] {
  return {
    name: 'sportmonks',
    baseUrl: 'https://api.sportmonks.com',
    // The bare token, without a scheme.
    auth: { kind: 'api-key', in: 'header', name: 'authorization', secret: 'SPORTMONKS' },
    rate: {
      requests: 2_000,
      per: '1h',
      entity,
      body: { remaining: 'rate_limit.remaining', resetsIn: 'rate_limit.resets_in_seconds' },
    },
    timeout: '60s',
  };
}

/** A page without a result has a message in the place of its data. */
export const nothingFound = { status: 200, at: 'message', action: 'ignore' } as const;

/** Pages tell no total, only whether more follows. */
export const pages = {
  kind: 'page',
  size: { param: 'per_page', value: 50 },
  more: 'pagination.has_more',
} as const;
