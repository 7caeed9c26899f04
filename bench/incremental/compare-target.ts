import type pg from 'pg';
import type { MeasuredCollector } from './measured-source.ts';

export interface Comparison {
  readonly rows: number;
  /** Rows of the source that the target does not have in just this form. */
  readonly missing: number;
  /** Rows of the target that the source does not have in just this form. */
  readonly unexpected: number;
}

/** Compares a target with its source, row for row; numbers by their value, whatever zeros they end with. */
export async function compareTarget(
  pool: pg.Pool,
  { name, expected, actual }: MeasuredCollector,
): Promise<Comparison> {
  const { rows } = await pool.query<Comparison>(
    `with expected as (select value as content from jsonb_array_elements($1::jsonb)),
          actual as materialized (${actual})
     select (select count(*) from actual)::integer as rows,
            (select count(*) from (table expected except all table actual) as d)::integer as missing,
            (select count(*) from (table actual except all table expected) as d)::integer as unexpected`,
    [await expected()],
  );
  const [comparison] = rows;
  if (!comparison) throw new Error(`The target of ${name} could not be compared`);
  return comparison;
}
