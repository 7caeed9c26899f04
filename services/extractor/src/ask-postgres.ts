import { judgeDatabaseError, readRows } from '@tidemark/collector-sdk/source';
import type { Admitted } from './admission.ts';
import type { FetchDeps, FetchedPage, PageRequest, Refused } from './ask-http.ts';
import type { CompiledSql } from './compiled-definitions.ts';

/** Asks a database for the rows of a page. */
export async function askPostgres(
  { task, compiled }: PageRequest<CompiledSql>,
  deps: FetchDeps,
  ...[admission, signal]: [admission: Admitted, signal: AbortSignal]
): Promise<FetchedPage | Refused> {
  const { query } = compiled;
  let askedAtUs = admission.askedAtUs();
  try {
    const content = await deps.databases.read(query, signal, async (db) => {
      askedAtUs = admission.askedAtUs();
      return readRows(db, query, task, askedAtUs);
    });
    const share = await deps.memory.take(content.bytes, signal);
    return { verdict: 'page', content, moment: { askedAtUs, sourceUs: undefined }, share };
  } catch (error) {
    signal.throwIfAborted();
    return { refusal: judgeDatabaseError(error), askedAtUs };
  }
}
