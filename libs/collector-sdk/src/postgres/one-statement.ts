import type { Statement } from './page-query.ts';

/** A statement for the driver, and the protocol that takes one statement only. */
export interface OneStatement {
  readonly text: string;
  readonly values: unknown[];
  readonly queryMode: 'extended';
}

/**
 * A statement that holds text of a definition, as the driver has to send it: without parameters it would choose the simple
 * protocol, by which PostgreSQL does everything that stands behind a semicolon too.
 */
export function oneStatement({
  text,
  values,
}: Pick<Statement, 'text'> & { readonly values: readonly unknown[] }): OneStatement {
  return { text, values: [...values], queryMode: 'extended' };
}
