import {
  durationToMs,
  oneStatement,
  parseExact,
  type SqlDefinition,
} from '@tidemark/collector-sdk';
import {
  beginStatement,
  compileQuery,
  judgeDatabaseError,
  readDatabaseAddress,
  readRows,
  type RowsPage,
  type Secrets,
} from '@tidemark/collector-sdk/source';
import type { PageTask } from '@tidemark/contracts';
import pg from 'pg';
import type { TestedPage } from './fetched-page.ts';

/** Asks a database for a page, in a transaction that can only read, as the extractor would. */
export async function askPostgres(
  definition: SqlDefinition,
  task: PageTask,
  secrets: Secrets,
): Promise<TestedPage> {
  const { source, request } = definition;
  const query = compileQuery(definition);
  const { tls, ...address } = readDatabaseAddress(secrets.mustAddress(source.secret), source.tls);
  const client = new pg.Client({
    ...address,
    ssl: tls === 'off' ? false : { rejectUnauthorized: tls === 'verify', host: address.host },
    application_name: 'tidemark-test',
    connectionTimeoutMillis: 10_000,
    query_timeout: durationToMs(source.timeout),
  });
  const begunMs = performance.now();
  const asked = () => ({
    request: {
      method: 'SQL',
      url: `${address.host}:${address.port}/${address.database}, at most ${request.size} rows`,
      headers: {},
    },
    status: null,
    durationMs: Math.round(performance.now() - begunMs),
  });
  try {
    await client.connect();
    await client.query(beginStatement(query));
    const connection = {
      query: async (statement: { text: string; values: readonly (string | null)[] }) =>
        client.query(oneStatement(statement)),
    };
    const page = await readRows(connection, query, task, task.plannedAt);
    await client.query('commit');
    return { ...asked(), ...contentOf(page) };
  } catch (error) {
    const failure = judgeDatabaseError(error);
    return { ...asked(), bytes: 0, records: undefined, next: null, notes: [], failure };
  } finally {
    // Whether the connection still could be closed in good order changes nothing about what was found.
    await client.end().catch(() => undefined);
  }
}

function contentOf({ parts, bytes, next, warning, doubt }: RowsPage) {
  const records = parts.flatMap((part) => parseExact(String(part.records)) as unknown[]);
  const rejects = parts.flatMap((part) => parseExact(String(part.rejects)) as { reason: string }[]);
  return {
    bytes,
    records,
    next: next ? `rows behind ${JSON.stringify(next)}` : null,
    notes: [
      ...rejects.map(({ reason }) => `Rejected before it was sent: ${reason}`),
      ...[warning, doubt].filter((note) => note !== undefined),
    ],
    failure: undefined,
  };
}
