import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  startMeteredSource,
  type MeteredSource,
  type MeteredSourceOptions,
} from './stack/metered-source.ts';
import { oneOfEach, startTestStack, type TestStack } from './stack/test-stack.ts';

const client = { clientId: 'shop', clientSecret: 'sesame-1' };
const replicas = 2;
const lanes = 4;
/** Requests that may be on their way when a token ends. */
const inFlight = replicas * lanes;

interface Rule extends MeteredSourceOptions {
  readonly rate: string;
}

/** Both sources tell their limit in each answer; a collector that declares it does not need that. */
const rules: Readonly<Record<string, Rule>> = {
  declared: {
    ...client,
    pages: 100,
    pageSize: 5,
    requests: 80,
    perMs: 4_000,
    tokensEndAfter: [30, 65],
    rate: '{ requests: 80, per: 4s }',
  },
  told: {
    ...client,
    pages: 45,
    pageSize: 5,
    requests: 25,
    perMs: 2_000,
    tokensEndAfter: [12, 40],
    rate: '{ headers: true }',
  },
};

const sources = new Map<string, MeteredSource>();
let stack: TestStack;

function yamlOf(name: string, url: string, rate: string): string {
  return `
name: ${name}
source:
  name: ${name}
  baseUrl: '${url}'
  auth: { kind: oauth2, tokenUrl: '${url}/token', clientId: ${client.clientId}, secret: CLIENT }
  rate: ${rate}
  attempts: 1 # neither a token that has ended nor a limit may be counted as a try
request: { path: /rows, records: data }
paginate: { kind: page, totalPages: pages, width: ${inFlight} }
limits: { concurrency: ${inFlight} }
incremental: { kind: full }
target:
  kind: table
  table: ${name}
  key: [id]
  fields: { id: { type: bigint }, value: { type: numeric } }
`;
}

beforeAll(async () => {
  const definitions: Record<string, string> = {};
  for (const [name, rule] of Object.entries(rules)) {
    const source = await startMeteredSource(rule);
    sources.set(name, source);
    definitions[`${name}.yaml`] = yamlOf(name, source.url, rule.rate);
  }
  stack = await startTestStack({
    definitions,
    env: { TIDEMARK_LANES: String(lanes) },
    envOf: { extractor: { TIDEMARK_SECRET_CLIENT: client.clientSecret } },
    services: [...oneOfEach, { id: 'extractor-2', service: 'extractor' }],
  });
});

afterAll(async () => {
  await stack?.[Symbol.asyncDispose]();
  for (const source of sources.values()) await source[Symbol.asyncDispose]();
});

test.concurrent.each(Object.entries(rules))(
  'two replicas keep a sliding limit that is %s, while their tokens end in the middle of the run',
  async (name, { pages, pageSize, tokensEndAfter }) => {
    const source = sources.get(name);
    if (!source) throw new Error(`no source ${name}`);

    const run = await stack.run(name);

    expect(run, await stack.describe(run.id)).toMatchObject({
      status: 'success',
      pages_read: pages,
      records_inserted: pages * pageSize,
      records_refetched: 0,
    });
    const { rows } = await stack.pool.query<[number, string]>({
      text: `select id::int, value::text from public.${name} order by id`,
      rowMode: 'array',
    });
    expect(rows).toEqual(source.rows());
    const { answered, throttled, unauthorized, tokens, mostTokensAtOnce } = source.meter;
    expect(answered.toSorted((a, b) => a - b)).toEqual(pageNumbers(pages));
    expect(throttled).toBeLessThanOrEqual(pages / 100);
    // A replica asks for a token when it has none that holds: the first one, and one for each that has ended.
    expect(mostTokensAtOnce).toBe(replicas);
    expect(tokens).toBeLessThanOrEqual(replicas * (1 + tokensEndAfter.length));
    expect(tokens).toBeGreaterThan(replicas);
    expect(unauthorized).toBeGreaterThan(0);
    expect(unauthorized).toBeLessThanOrEqual(inFlight * tokensEndAfter.length);
  },
);

function pageNumbers(pages: number): number[] {
  return Array.from({ length: pages }, (_, at) => at + 1);
}
