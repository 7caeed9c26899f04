import type { PagePlace } from '@tidemark/contracts';
import { z } from 'zod';

const Values = z
  .string()
  .transform((text) => z.record(z.string(), z.string()).parse(JSON.parse(text)));

/** The place of a page behind a record, as tasks carry it: the values that name the record, by their parameters. */
export function writeKeysetPlace(values: Readonly<Record<string, string>>): { after: string } {
  return { after: JSON.stringify(values) };
}

/** The parameters of a page behind a record; none for the first page. */
export function readKeysetPlace({ after }: PagePlace['place']): Record<string, string> {
  return after === undefined ? {} : Values.parse(after);
}
